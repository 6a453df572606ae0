package plugin_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const asking = `(drop (call $http_fetch (i32.const 0) (i32.const 16)))`

// TestCrowd calls a step from many logins at once: no more guests run than there
// are processors, and every call is served.
func TestCrowd(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	m := load(t, r, plugin.Spec{Wasm: wat(t, bordering(strings.Repeat(asking, 3))), Grant: plugin.Grant{All: true}})
	var now, most atomic.Int64
	host := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		n := now.Add(1)
		defer now.Add(-1)
		for before := most.Load(); n > before && !most.CompareAndSwap(before, n); before = most.Load() {
		}
		runtime.Gosched()
		return abi.OK, []byte(`{}`)
	})
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range 5 {
				if _, err := m.Call(t.Context(), abi.Input{}, host); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if limit := int64(runtime.GOMAXPROCS(0)); most.Load() > limit {
		t.Errorf("%d guests ran at once on %d processors", most.Load(), limit)
	}
}

// TestWaitingGuestsKeepNobodyOut has more guests wait for somebody else at the same
// time than may run: all of them get there.
func TestWaitingGuestsKeepNobodyOut(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}, Untimed: []string{"http_fetch"}})
	m := load(t, r, plugin.Spec{Wasm: wat(t, bordering(asking)), Grant: plugin.Grant{All: true}})
	crowd := runtime.GOMAXPROCS(0) + 4
	var arrived sync.WaitGroup
	arrived.Add(crowd)
	host := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		arrived.Done()
		arrived.Wait()
		return abi.OK, []byte(`{}`)
	})
	var group sync.WaitGroup
	for range crowd {
		group.Go(func() {
			if _, err := m.Call(t.Context(), abi.Input{}, host); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// TestQueueEndsWithTheRequest gives up a call that gets no turn while its request
// lasts.
func TestQueueEndsWithTheRequest(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	m := load(t, r, plugin.Spec{Wasm: wat(t, bordering(asking)), Grant: plugin.Grant{All: true}})
	busy, release := make(chan struct{}, 64), make(chan struct{})
	host := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		busy <- struct{}{}
		<-release
		return abi.OK, []byte(`{}`)
	})
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			if _, err := m.Call(context.WithoutCancel(t.Context()), abi.Input{}, host); err != nil {
				t.Error(err)
			}
		})
	}
	for range runtime.GOMAXPROCS(0) {
		<-busy
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := m.Call(ctx, abi.Input{}, host)
	if failure(t, err).Class != plugin.Timeout {
		t.Errorf("got %v", err)
	}
	close(release)
	group.Wait()
}

// TestRedirect refuses a redirect to anywhere that no capability gave.
func TestRedirect(t *testing.T) {
	_, failed := answer(t, newRuntime(t, plugin.Config{}), plugin.Grant{}, `{"redirect":{"url":"https://evil.example/"}}`)
	if failed.Class != plugin.OutputInvalid {
		t.Errorf("got %v", failed)
	}
}
