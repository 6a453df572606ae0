// Package artifact knows what a plugin is while it lies in a file: a WebAssembly module
// with its manifest in the custom section acrhost.manifest, known by its digest. It
// reads and writes that section (section.go, pack.go), reads manifests (manifest.go) and
// says what one asks for beyond another (asks.go of a step, allasks.go, defaults.go,
// diff.go), and what a module imports that its manifest is silent about (imports.go).
// Nothing of a module is run or compiled here.
//
// Who made a module is in signature, where modules come from in source, what an operator
// took over in lock, and where fetched modules are kept in shelf; reference is how
// a place is written.
package artifact
