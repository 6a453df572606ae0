package plugin_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestLoadingAndUnloadingIsFlat loads, calls and closes modules a thousand times, in
// every mode, a good one and some that fail in their start or in their call.
func TestLoadingAndUnloadingIsFlat(t *testing.T) {
	withoutRaceDetector(t)
	r := newRuntime(t, plugin.Config{CacheDir: filepath.Join(t.TempDir(), "cache")})
	modules := [][]byte{
		wat(t, fmt.Sprintf(nonceEcho, "")), watFile(t, "growth_in_start.wat"),
		watFile(t, "memory_growth.wat"), watFile(t, "table_growth.wat"), watFile(t, "unreachable.wat"),
	}
	once := func(n int) {
		s := plugin.Spec{Wasm: modules[n%len(modules)], Mode: everyMode()[n/len(modules)%4], Limits: plugin.Limits{Fuel: 5_000_000}}
		m, ok := mayLoad(t, r, s)
		if !ok {
			return
		}
		for range 3 {
			_, _, err := m.Run(t.Context(), []byte("12345678"), nil)
			if n%len(modules) == 0 && err != nil {
				t.Error(err)
			}
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for n := range 200 {
		once(n)
	}
	heap, resident, maps := footprint(t)
	for n := range 800 {
		once(n)
	}
	heapAfter, residentAfter, mapsAfter := footprint(t)
	t.Logf("heap %d, then %d KiB; resident %d, then %d MiB; %d, then %d mappings",
		heap>>10, heapAfter>>10, resident>>20, residentAfter>>20, maps, mapsAfter)
	if heapAfter > heap+256<<10 {
		t.Errorf("the heap grew from %d to %d bytes", heap, heapAfter)
	}
	if residentAfter > resident+16<<20 {
		t.Errorf("resident memory grew from %d to %d bytes", resident, residentAfter)
	}
	if mapsAfter > maps+32 {
		t.Errorf("%d memory mappings became %d", maps, mapsAfter)
	}
}

// TestFailingCallsAreFlat calls modules again and again that fail after they took all
// the memory that they get, in their start or in their call.
func TestFailingCallsAreFlat(t *testing.T) {
	for _, file := range []string{"growth_in_start.wat", "memory_growth.wat", "table_growth.wat", "deep_recursion.wat", "fill_loop.wat"} {
		t.Run(file, func(t *testing.T) {
			m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: watFile(t, file), Limits: plugin.Limits{Fuel: 10_000_000}})
			times := func(n int) {
				for range n {
					if _, err := m.Call(t.Context(), abi.Input{}, nil); err == nil {
						t.Error("it was answered")
					}
				}
			}
			times(10)
			heap, resident, maps := footprint(t)
			times(30)
			heapAfter, residentAfter, mapsAfter := footprint(t)
			if heapAfter > heap+256<<10 || residentAfter > resident+8<<20 || mapsAfter > maps+16 {
				t.Errorf("heap %d, then %d; resident %d, then %d; %d, then %d mappings", heap, heapAfter, resident, residentAfter, maps, mapsAfter)
			}
		})
	}
}

// TestCompiledOnce loads the same bytes from many goroutines at once. What all of them
// allocate is little more than what one does: the compiler ran once.
func TestCompiledOnce(t *testing.T) {
	var functions string
	for n := range 2000 {
		functions += fmt.Sprintf(`(func (param i32) (result i32) (i32.mul (i32.add (local.get 0) (i32.const %d)) (i32.xor (local.get 0) (i32.const %d))))`, n, 3*n)
	}
	wasm := wat(t, `(module (memory (export "memory") 1) `+functions+` (func (export "acrhost_step_v1") (result i32) (i32.const 0)))`)
	allocated := func(loads int) uint64 {
		r := newRuntime(t, plugin.Config{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var group sync.WaitGroup
		for range loads {
			group.Go(func() { load(t, r, plugin.Spec{Wasm: wasm}) })
		}
		group.Wait()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	one, many := allocated(1), allocated(16)
	t.Logf("one load allocates %d KiB, 16 together %d KiB", one>>10, many>>10)
	if many > 10*one {
		t.Errorf("16 loads allocate %d times as much as one", many/one)
	}
}
