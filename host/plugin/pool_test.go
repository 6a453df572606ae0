package plugin_test

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// heldUp is a host whose capability is answered when the test says so.
type heldUp struct{ arrived, release chan struct{} }

func newHeldUp() *heldUp {
	return &heldUp{make(chan struct{}, 64), make(chan struct{})}
}

func (h *heldUp) Call(context.Context, string, []byte) (abi.Status, []byte) {
	h.arrived <- struct{}{}
	<-h.release
	return abi.OK, []byte(`{}`)
}

// TestPoolIsBounded has two calls under way where two instances may live: a third one
// fails with its deadline, and waits and gets through without one.
func TestPoolIsBounded(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}, Untimed: []string{"http_fetch"}})
	s := plugin.Spec{Wasm: wat(t, bordering(asking)), Grant: plugin.Grant{All: true}, Instances: 2}
	inEveryMode(t, r, s, "", func(t *testing.T, m *plugin.Module) {
		host := newHeldUp()
		var group sync.WaitGroup
		call := func() {
			if _, err := m.Call(t.Context(), abi.Input{}, host); err != nil {
				t.Error(err)
			}
		}
		group.Go(call)
		group.Go(call)
		<-host.arrived
		<-host.arrived
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		_, err := m.Call(ctx, abi.Input{}, host)
		failed := failure(t, err)
		if failed.Class != plugin.Timeout || !strings.Contains(failed.Message, "no instance was free") {
			t.Errorf("the third call: %v", err)
		}
		if waited := time.Since(began); waited < 30*time.Millisecond {
			t.Errorf("it gave up after %v", waited)
		}
		group.Go(call) // the fourth waits
		select {
		case <-host.arrived:
			t.Error("three instances lived at once")
		case <-time.After(30 * time.Millisecond):
		}
		close(host.release)
		group.Wait()
		if len(host.arrived) != 1 {
			t.Errorf("%d more calls came through, want 1", len(host.arrived))
		}
	})
}

// birth is a reactor that answers with what it drew in its _initialize: sixteen bytes of
// randomness and the time. _initialize takes a while, too.
const birth = `(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (local $i i32)
    (drop (call $random (i32.const 0) (i32.const 16)))
    (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 16)))
    (loop $next (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200000)))))
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 0) (i32.const 24))
    (i32.const 0)))`

// TestPrewarm holds that instances are made before the calls that they serve, and that
// each of them serves one.
func TestPrewarm(t *testing.T) {
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, birth), Mode: plugin.Prewarm})
	var mu sync.Mutex
	served, ahead := map[string]bool{}, 0
	call := func() {
		began := time.Now()
		out, stats, err := m.Run(t.Context(), nil, nil)
		mu.Lock()
		defer mu.Unlock()
		if err != nil || len(out) != 24 || stats.Mode != string(plugin.Prewarm) {
			t.Errorf("%x, %v, mode %s", out, err, stats.Mode)
			return
		}
		if served[string(out[:16])] {
			t.Error("an instance served twice")
		}
		served[string(out[:16])] = true
		if time.Unix(0, int64(binary.LittleEndian.Uint64(out[16:]))).Before(began) {
			ahead++
		}
	}
	// A machine that is busy needs longer to make the next one.
	const want = 20
	for pause := time.Millisecond; ahead < want && pause < time.Minute; {
		before := ahead
		call()
		if ahead == before {
			pause *= 2
		}
		time.Sleep(pause)
	}
	if ahead < want {
		t.Errorf("%d of %d instances were there before their call", ahead, len(served))
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 50 {
				call()
			}
		})
	}
	group.Wait()
	t.Logf("%d of %d calls found an instance made ahead", ahead, len(served))
}

// TestFreshIsNeverAhead: in mode fresh the same guest starts in its call.
func TestFreshIsNeverAhead(t *testing.T) {
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, birth), Mode: plugin.Fresh})
	for range 10 {
		began := time.Now()
		out, _, err := m.Run(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if born := time.Unix(0, int64(binary.LittleEndian.Uint64(out[16:]))); born.Before(began.Add(-time.Millisecond)) {
			t.Errorf("it was born %v before its call", began.Sub(born))
		}
	}
}

// TestPrewarmCountsItsStart holds that a call pays the same fuel for its start whether
// that was made ahead or not.
func TestPrewarmCountsItsStart(t *testing.T) {
	r, wasm := newRuntime(t, plugin.Config{}), wat(t, birth)
	var want uint64
	for _, mode := range []plugin.Mode{plugin.Fresh, plugin.Prewarm} {
		m := load(t, r, plugin.Spec{Wasm: wasm, Mode: mode})
		for range 5 {
			_, stats, err := m.Run(t.Context(), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want == 0 {
				want = stats.FuelUsed
			}
			if stats.FuelUsed != want || want < 1_000_000 {
				t.Errorf("mode %s: %d fuel, want %d", mode, stats.FuelUsed, want)
			}
			time.Sleep(time.Millisecond)
		}
	}
}
