package plugin_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/figures"
	"github.com/acrhost/acrhost/host/plugin"
)

// busyEcho is a victim that computes for about 100 µs before it answers.
const busyEcho = `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 2)
  (func (export "acrhost_step_v1") (result i32)
    (local $i i32)
    (loop $next
      (i32.store (i32.and (local.get $i) (i32.const 0xfff8)) (local.get $i))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40000))))
    (call $write (i32.const 0) (i32.const 8))
    (i32.const 0)))`

// attack keeps 40 callers busy with guests that use up what they get, under the default
// limits, until the test calls stop. No breaker leaves them alone.
func attack(t testing.TB, guests []*plugin.Module) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for n := range 40 {
		group.Go(func() {
			for ctx.Err() == nil {
				_, _, _ = guests[n%len(guests)].Run(ctx, nil, nil)
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// occupy keeps all processors but one busy with something that harms nobody: they may
// be two halves of one, which are slower when both compute, whatever it is.
func occupy(t testing.TB) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - 1 {
		group.Go(func() {
			for block := make([]byte, 4096); ctx.Err() == nil; {
				sum := sha256.Sum256(block)
				copy(block, sum[:])
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// latency is of calls one after the other.
type latency struct {
	p50, p99 time.Duration
	starved  bool // others had the processors for more than a twentieth of the time
}

func measure(t testing.TB, m *plugin.Module, calls int) latency {
	t.Helper()
	times := make([]time.Duration, calls)
	waited, began := figures.RunDelay(), time.Now()
	for n := range times {
		start := time.Now()
		if _, _, err := m.Run(t.Context(), []byte("12345678"), nil); err != nil {
			t.Fatal(err)
		}
		times[n] = time.Since(start)
	}
	starved := figures.RunDelay()-waited > time.Since(began)/20
	slices.Sort(times)
	return latency{times[calls/2], times[calls*99/100], starved}
}

// TestVictimsKeepTheirLatency measures one module's calls while the other processors
// compute something harmless, and while 40 callers attack with others. What counts is the best of a few rounds: other processes want the
// machine, too. That the p99 stays within twice of what it was can only be held of a
// round in which they did not get it; else it is logged, and the median held.
func TestVictimsKeepTheirLatency(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("one processor can't be kept free of attackers")
	}
	if raceDetector {
		t.Skip("the race detector takes the time that is measured")
	}
	r := newRuntime(t, plugin.Config{})
	var attackers []*plugin.Module
	for _, file := range []string{"endless_loop.wat", "call_tree.wat", "fill_loop.wat", "host_call_loop.wat", "log_flood.wat", "long_line_flood.wat", "poll_flood.wat"} {
		attackers = append(attackers, load(t, r, plugin.Spec{Wasm: watFile(t, file), Limits: plugin.Limits{Timeout: time.Second}}))
	}
	for name, text := range map[string]string{"short": fmt.Sprintf(nonceEcho, ""), "long": busyEcho} {
		t.Run(name, func(t *testing.T) {
			m := load(t, r, plugin.Spec{Wasm: wat(t, text), Mode: plugin.Restore})
			var bestBefore, best latency
			ratio := func(a, b latency) float64 { return float64(b.p99) / float64(a.p99) }
			for round := range 10 {
				stop := occupy(t)
				before := measure(t, m, 2000)
				stop()
				stop = attack(t, attackers)
				time.Sleep(20 * time.Millisecond) // until all are under way
				during := measure(t, m, 2000)
				stop()
				t.Logf("before: p50 %v, p99 %v; during: p50 %v, p99 %v; others had the processors: %v",
					before.p50, before.p99, during.p50, during.p99, during.starved)
				if round == 0 || ratio(before, during) < ratio(bestBefore, best) {
					bestBefore, best = before, during
				}
				if ratio(bestBefore, best) <= 2 {
					break
				}
			}
			// Twice is what two processors of one core lose when both are busy.
			if best.p50 > 4*bestBefore.p50 {
				t.Errorf("the median of a victim was %v, and is %v", bestBefore.p50, best.p50)
			}
			if !best.starved && best.p99 > 2*bestBefore.p99+10*time.Microsecond {
				t.Errorf("the p99 of a victim was %v, and is %v", bestBefore.p99, best.p99)
			}
		})
	}
}

// BenchmarkThroughput is calls a second of one caller, and of one for each processor.
func BenchmarkThroughput(b *testing.B) {
	r := newRuntime(b, plugin.Config{})
	for _, mode := range []plugin.Mode{plugin.Restore, plugin.Fresh} {
		for name, text := range map[string]string{"short": fmt.Sprintf(nonceEcho, ""), "long": busyEcho} {
			m := load(b, r, plugin.Spec{Wasm: wat(b, text), Mode: mode})
			for _, callers := range []int{1, runtime.GOMAXPROCS(0)} {
				b.Run(fmt.Sprintf("%s/%s/callers=%d", mode, name, callers), func(b *testing.B) {
					var group sync.WaitGroup
					for range callers {
						group.Go(func() {
							for range b.N / callers {
								if _, _, err := m.Run(b.Context(), []byte("12345678"), nil); err != nil {
									b.Error(err)
									return
								}
							}
						})
					}
					group.Wait()
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
				})
			}
		}
	}
}
