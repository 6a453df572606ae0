package main

import (
	"fmt"
	"net"
	"net/http"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/metrics"
)

// optionalListener is where something is served; without a listener nowhere.
type optionalListener struct{ net.Listener }

func listenForMetrics(c config.Metrics) (optionalListener, error) {
	if c.Listen == "" {
		return optionalListener{}, nil
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return optionalListener{}, fmt.Errorf("listen on %s for metrics: %w (choose another listen in [metrics])", c.Listen, err)
	}
	return optionalListener{l}, nil
}

func (l optionalListener) Close() error {
	if l.Listener == nil {
		return nil
	}
	return l.Listener.Close()
}

// address is what Prometheus has to scrape; empty for nowhere.
func (l optionalListener) address() string {
	if l.Listener == nil {
		return ""
	}
	return "http://" + l.Addr().String() + metrics.Path
}

func (l optionalListener) site(h http.Handler) []site {
	if l.Listener == nil {
		return nil
	}
	return []site{{l, h}}
}
