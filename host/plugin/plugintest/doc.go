// Package plugintest runs a module in a Go test, on the runtime that a host runs it on.
package plugintest
