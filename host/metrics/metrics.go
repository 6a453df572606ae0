package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Path is where the metrics are served.
const Path = "/metrics"

// Metrics counts. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	fuel     *prometheus.HistogramVec
	memory   *prometheus.HistogramVec
	opened   *prometheus.CounterVec
}

// Call is one call of a step.
type Call struct {
	Plugin string // its name in the configuration
	Type   string // of the step, as the manifest has it
	Mode   string // fresh, restore or prewarm
	// Outcome is outcome, prompt, redirect, an error class, or circuit_open.
	Outcome string
	// Ran is false for a call that was refused before the guest ran: it is counted, and
	// not measured.
	Ran    bool
	Took   time.Duration
	Fuel   uint64 // guest instructions
	Memory uint64 // bytes
}

// New makes metrics with nothing counted. They ask plugins, if it is not nil, for the
// state of the plugins that are live whenever they are read.
func New(plugins func() []Plugin) *Metrics {
	perMode := []string{"plugin", "mode"}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "acrhost_step_calls_total", Help: "Calls of steps, by what they came to.",
		}, []string{"plugin", "type", "mode", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "acrhost_step_seconds", Help: "How long calls of steps took, capabilities included.",
			Buckets: prometheus.ExponentialBuckets(10e-6, 4, 11), // 10 µs to 10 s
		}, perMode),
		fuel: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "acrhost_step_fuel", Help: "Guest instructions that calls of steps used.",
			Buckets: prometheus.ExponentialBuckets(1000, 4, 10), // to 262 million
		}, perMode),
		memory: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "acrhost_step_memory_bytes", Help: "Linear memory of guests at the end of calls.",
			Buckets: prometheus.ExponentialBuckets(64<<10, 2, 11), // a page to 64 MiB
		}, perMode),
		opened: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "acrhost_plugin_circuit_opened_total", Help: "How often a plugin was left alone because it kept failing.",
		}, []string{"plugin"}),
	}
	m.registry.MustRegister(m.calls, m.seconds, m.fuel, m.memory, m.opened,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if plugins != nil {
		m.registry.MustRegister(newStates(plugins))
	}
	return m
}

// Step counts a call.
func (m *Metrics) Step(c Call) {
	m.calls.WithLabelValues(c.Plugin, c.Type, c.Mode, c.Outcome).Inc()
	if !c.Ran {
		return
	}
	m.seconds.WithLabelValues(c.Plugin, c.Mode).Observe(c.Took.Seconds())
	m.fuel.WithLabelValues(c.Plugin, c.Mode).Observe(float64(c.Fuel))
	m.memory.WithLabelValues(c.Plugin, c.Mode).Observe(float64(c.Memory))
}

// CircuitOpened counts a plugin that is left alone from now on.
func (m *Metrics) CircuitOpened(plugin string) { m.opened.WithLabelValues(plugin).Inc() }

// Handler serves the metrics at Path, and nothing else.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}
