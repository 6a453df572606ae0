// Package plugin loads, rewrites, isolates, limits and runs WebAssembly modules
// that nobody has to trust. It is the only importer of wazero and never sees
// HTTP: documents go in and come out, and capabilities are answered by a Host
// that the caller makes for each call.
//
// A module is loaded once (load.go: digest, imports, exports, rewriting, compiling,
// manifest, grant, mode) and called often (call.go: narrow the input, run, decode and
// check the output). All that a guest can reach during a call is one invocation
// (invocation.go): what is left of its limits, its documents, its log. What it can
// import is in three lists: abiFuncs, the capabilities, and wasiFuncs. What of
// the capabilities it may call is what is granted and what its step type declares
// (capability.go).
//
// No call sees anything of another one. How it gets its instance (instance.go) is the
// module's mode (mode.go), chosen when it is loaded (probe.go):
//
//   - fresh: a new one on memory that is used again and zeroed before (memory.go);
//   - prewarm: one that was made ahead, and serves once (run.go);
//   - restore: one that is put back to an image (image.go), where it was written to,
//     which the rewritten module notes for the guest and tracker.go for the host.
//
// Two things stop a guest. It stops itself, by the fuel and the depth that package
// rewrite puts into it; and the calls that it makes to the host, among them the one
// that fetches more fuel, look at the clock. wazero's own WithCloseOnContextDone
// isn't used: it costs several times the call, and a tree of calls escapes it. How many
// run at once, and who goes first, is in slots.go; how many instances a module has, in
// pool.go; when a module is left alone, in breaker.go.
//
// Code is compiled once for each module and its limits (code.go, compile.go), and kept
// in a folder of which nothing is believed that isn't sealed (cachedir.go), beside the
// module without its functions (hollow.go).
package plugin
