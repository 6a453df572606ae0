package plugin_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// tries loads bytes in some mode, and calls what was loaded: refused or within its
// limits, whatever it is.
func tries(t *testing.T, r *plugin.Runtime, wasm []byte, mode plugin.Mode) (loaded bool) {
	t.Helper()
	const fuel = 100_000
	m, ok := mayLoad(t, r, plugin.Spec{Wasm: wasm, Mode: mode, Grant: plugin.Grant{All: true}, Limits: plugin.Limits{Fuel: fuel, Timeout: time.Second}})
	if !ok {
		return false
	}
	for range 2 {
		_, stats, err := m.Run(t.Context(), []byte(`{}`), nil)
		if err != nil && failure(t, err).Class == "" {
			t.Errorf("no class: %v", err)
		}
		if stats.FuelUsed > fuel {
			t.Errorf("used %d fuel of %d", stats.FuelUsed, fuel)
		}
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return true
}

// TestRandomBytes loads nonsense, some of it with the right beginning.
func TestRandomBytes(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	random := rand.NewChaCha8([32]byte{3})
	for n := range 1000 {
		b := make([]byte, n)
		_, _ = random.Read(b)
		if n%2 == 0 && n >= 8 {
			copy(b, "\x00asm\x01\x00\x00\x00")
		}
		if n%4 == 0 && n >= 12 { // a section that fits
			b[8], b[9] = byte(1+n%12), byte(min(n-10, 127))
		}
		if tries(t, r, b, plugin.Auto) {
			t.Errorf("%d random bytes were loaded", n)
		}
	}
}

// TestMutatedModules changes bytes of modules that use everything. Most are refused,
// those that are loaded stay within their limits.
func TestMutatedModules(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	seeds := [][]byte{
		wat(t, canary(slices.Concat(stores(), ranges(), hostWrites(), ownState()))),
		wat(t, commandCanary), wat(t, echo), watFile(t, "table_fill_loop.wat"), watFile(t, "fat_recursion.wat"),
	}
	random := rand.New(rand.NewPCG(3, 4))
	count, loaded := 2000, 0
	if raceDetector || testing.Short() {
		count = 300
	}
	for n := range count {
		b := slices.Clone(seeds[n%len(seeds)])
		for range 1 + random.IntN(8)/7 {
			at := 8 + random.IntN(len(b)-8)
			switch random.IntN(4) {
			case 0:
				b[at] ^= 1 << random.IntN(8)
			case 1:
				b[at] = byte(random.Uint32())
			case 2:
				b = slices.Insert(b, at, byte(random.Uint32()))
			case 3:
				b = slices.Delete(b, at, min(at+1+random.IntN(3), len(b)))
			}
		}
		if tries(t, r, b, everyMode()[n/len(seeds)%4]) {
			loaded++
		}
	}
	t.Logf("%d of %d were loaded", loaded, count)
	if loaded == 0 || loaded == count {
		t.Errorf("%d of %d were loaded: the test says nothing", loaded, count)
	}
}
