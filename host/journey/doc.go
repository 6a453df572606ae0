// Package journey is the graph of steps that a login runs through: its
// definition, the check of a definition, and the engine that advances a run.
//
// It is pure. It speaks no HTTP, runs no WebAssembly, keeps nothing and has no
// clock of its own: steps come in as a Stepper, time as a function, and the run
// is a value that the caller keeps.
package journey
