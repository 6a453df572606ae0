// Package scripted runs single calls of a module whose capabilities are answered by a
// script instead of a host: for the conformance kit, for plugin test, and for tests of
// Go programs (package plugintest).
package scripted
