package main

import (
	"fmt"
	"net"
	"net/http"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/metrics"
)

// metricsListener is where metrics are served; without a listener nowhere.
type metricsListener struct{ net.Listener }

func listenForMetrics(c config.Metrics) (metricsListener, error) {
	if c.Listen == "" {
		return metricsListener{}, nil
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return metricsListener{}, fmt.Errorf("listen on %s for metrics: %w (choose another listen in [metrics])", c.Listen, err)
	}
	return metricsListener{l}, nil
}

func (l metricsListener) Close() error {
	if l.Listener == nil {
		return nil
	}
	return l.Listener.Close()
}

// address is what Prometheus has to scrape; empty for nowhere.
func (l metricsListener) address() string {
	if l.Listener == nil {
		return ""
	}
	return "http://" + l.Addr().String() + metrics.Path
}

func (l metricsListener) site(h http.Handler) []site {
	if l.Listener == nil {
		return nil
	}
	return []site{{l, h}}
}
