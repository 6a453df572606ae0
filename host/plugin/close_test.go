package plugin_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestCloseUnderCalls closes modules and the runtime while guests run in them: memory
// that one still uses must not be freed under it.
func TestCloseUnderCalls(t *testing.T) {
	for _, mode := range []plugin.Mode{plugin.Fresh, plugin.Restore, plugin.Prewarm} {
		for name, end := range map[string]func(*plugin.Runtime, *plugin.Module) error{
			"module":  func(_ *plugin.Runtime, m *plugin.Module) error { return m.Close(context.Background()) },
			"runtime": func(r *plugin.Runtime, _ *plugin.Module) error { return r.Close(context.Background()) },
		} {
			r := newRuntime(t, plugin.Config{})
			limits := plugin.Limits{Fuel: 1 << 50, Timeout: 100 * time.Millisecond}
			m, err := r.Load(t.Context(), plugin.Spec{Name: "busy", Wasm: watFile(t, "fill_loop.wat"), Limits: limits, Mode: mode})
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					_, _, err := m.Run(t.Context(), nil, nil)
					if failed := failure(t, err); failed.Class != plugin.Timeout && !strings.Contains(failed.Message, "closed") {
						t.Errorf("%s, %s: %v", mode, name, err)
					}
				})
			}
			time.Sleep(20 * time.Millisecond) // until some are under way
			if err := end(r, m); err != nil {
				t.Errorf("%s, %s: %v", mode, name, err)
			}
			group.Wait()
			if _, _, err := m.Run(t.Context(), nil, nil); err == nil {
				t.Errorf("%s, %s: a closed module was called", mode, name)
			}
		}
	}
}

// TestCloseGivesUp holds that a module whose calls don't end in time keeps its memory.
func TestCloseGivesUp(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}, Untimed: []string{"http_fetch"}})
	m, err := r.Load(t.Context(), plugin.Spec{Name: "busy", Wasm: wat(t, bordering(asking)), Grant: plugin.Grant{All: true}})
	if err != nil {
		t.Fatal(err)
	}
	began, end := make(chan struct{}), make(chan struct{})
	host := hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		close(began)
		<-end
		return abi.OK, nil
	})
	var group sync.WaitGroup
	group.Go(func() { _, _, _ = m.Run(t.Context(), nil, host) })
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := m.Close(ctx); err == nil || !strings.Contains(err.Error(), "under way") {
		t.Errorf("got %v", err)
	}
	close(end)
	group.Wait()
}
