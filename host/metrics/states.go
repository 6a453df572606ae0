package metrics

import "github.com/prometheus/client_golang/prometheus"

// Plugin is the state of a plugin that is live.
type Plugin struct {
	Name        string
	CircuitOpen bool // it kept failing, and is left alone
}

// states reads the state of the plugins when somebody wants to know: what is live
// changes with the configuration.
type states struct {
	plugins func() []Plugin
	open    *prometheus.Desc
}

func newStates(plugins func() []Plugin) *states {
	return &states{plugins, prometheus.NewDesc("acrhost_plugin_circuit_open",
		"1 while a plugin is left alone because it kept failing.", []string{"plugin"}, nil)}
}

// Describe is prometheus.Collector.
func (s *states) Describe(to chan<- *prometheus.Desc) { to <- s.open }

// Collect is prometheus.Collector.
func (s *states) Collect(to chan<- prometheus.Metric) {
	for _, p := range s.plugins() {
		value := 0.0
		if p.CircuitOpen {
			value = 1
		}
		to <- prometheus.MustNewConstMetric(s.open, prometheus.GaugeValue, value, p.Name)
	}
}
