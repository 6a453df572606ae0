package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/metrics"
)

func get(t *testing.T, m *metrics.Metrics, path string) (int, string) {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

func TestMetrics(t *testing.T) {
	open := false
	m := metrics.New(func() []metrics.Plugin { return []metrics.Plugin{{Name: "risk", CircuitOpen: open}} })
	call := metrics.Call{Plugin: "risk", Type: "score", Mode: "fresh", Outcome: "prompt", Ran: true, Took: time.Millisecond, Fuel: 5000, Memory: 128 << 10}
	m.Step(call)
	m.Step(call)
	m.Step(metrics.Call{Plugin: "risk", Type: "score", Mode: "fresh", Outcome: "circuit_open"})
	m.CircuitOpened("risk")
	open = true
	status, text := get(t, m, metrics.Path)
	if status != http.StatusOK {
		t.Fatal(status, text)
	}
	for _, line := range []string{
		`acrhost_step_calls_total{mode="fresh",outcome="prompt",plugin="risk",type="score"} 2`,
		`acrhost_step_calls_total{mode="fresh",outcome="circuit_open",plugin="risk",type="score"} 1`,
		`acrhost_step_seconds_count{mode="fresh",plugin="risk"} 2`,
		`acrhost_step_seconds_sum{mode="fresh",plugin="risk"} 0.002`,
		`acrhost_step_fuel_sum{mode="fresh",plugin="risk"} 10000`,
		`acrhost_step_memory_bytes_bucket{mode="fresh",plugin="risk",le="131072"} 2`,
		`acrhost_step_memory_bytes_bucket{mode="fresh",plugin="risk",le="65536"} 0`,
		`acrhost_plugin_circuit_open{plugin="risk"} 1`,
		`acrhost_plugin_circuit_opened_total{plugin="risk"} 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("no %s", name)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	m := metrics.New(nil)
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/x"} {
		if status, _ := get(t, m, path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestHammer counts from many goroutines while others read: nothing is lost.
func TestHammer(t *testing.T) {
	m := metrics.New(nil)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 100 {
				m.Step(metrics.Call{Plugin: "p", Type: "t", Mode: "fresh", Outcome: "outcome", Ran: true})
			}
			get(t, m, metrics.Path)
		})
	}
	group.Wait()
	if _, text := get(t, m, metrics.Path); !strings.Contains(text, `type="t"} 1600`) {
		t.Error(text)
	}
}
