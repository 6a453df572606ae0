// Package journey is the graph of steps that a login runs through: its
// definition, the check of a definition, and the engine that advances a run.
//
// It is pure. It speaks no HTTP, runs no WebAssembly, keeps nothing and has no
// clock of its own: steps come in as a Stepper, time as a function, and the run
// is a value that the caller keeps.
//
// The way of a run: engine.go begins and continues one, course.go walks the graph,
// call.go makes the input document and calls a step, apply.go takes what came of
// it, answer.go holds what a browser sent against the prompt, end.go decides how
// it ends. release.go and template.go compile what all of that runs on.
package journey
