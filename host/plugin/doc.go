// Package plugin loads, rewrites, isolates, limits and runs WebAssembly modules
// that nobody has to trust. It is the only importer of wazero and never sees
// HTTP: documents go in and come out, and capabilities are answered by a Host
// that the caller makes for each call.
package plugin
