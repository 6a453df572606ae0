// Package plugin loads, rewrites, isolates, limits and runs WebAssembly modules
// that nobody has to trust. It is the only importer of wazero and never sees
// HTTP: documents go in and come out, and capabilities are answered by a Host
// that the caller makes for each call.
//
// A module is loaded once (load.go: digest, imports, exports, rewriting, compiling,
// manifest, grant) and called often (call.go: narrow the input, run, decode and
// check the output). Each call gets an instance of its own (instance.go), and all
// that the guest can reach during it is one invocation (invocation.go): what is left
// of its limits, its documents, its log. What it can import is in three lists:
// abiFuncs, the capabilities, and wasiFuncs.
//
// A module that keeps failing is not called for a while (breaker.go, circuit.go). What
// is known about a module is its Report.
//
// Two things stop a guest. It stops itself, by the fuel and the depth that package
// rewrite puts into it; and every call that it makes to the host, among them the one
// that fetches more fuel, looks at the clock. wazero's own WithCloseOnContextDone
// isn't used: it costs several times the call, and a tree of calls escapes it.
package plugin
