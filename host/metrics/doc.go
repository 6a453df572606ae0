// Package metrics counts what steps do and shows it to Prometheus. What a series is
// named after comes from the configuration, from manifests and from this program, never
// from what a guest answers: a guest can't make series.
//
// It serves an http.Handler and never listens: that is for the command, on an address
// of its own.
package metrics
