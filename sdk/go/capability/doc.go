// Package capability is what a step may ask of the host: one function for each
// capability. Each is an import of the module under its own name, and the linker keeps
// only those that the step reaches, so a module asks the operator for what it uses and
// for nothing else. All of it is generated from sdk/schema.
//
// Every function gives a *step.CallError when the host answers with another status
// than OK; step.Status tells which.
package capability
