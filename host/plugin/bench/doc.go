// Command bench measures ways to run custom logic, each doing the same small job
// (package job) in one run: this project's runtime with guests of five languages in
// each of their modes, the same guests on bare wazero, and what others use. make bench
// builds what it needs and runs it.
//
// A row (row.go) is one way; rows.go lists them all, and the files acrhost.go, wazero.go,
// goja.go, cel.go, extism.go, goplugin.go and webhook.go make them. Each has to give the
// right answer before it is timed. The rows take turns in many short rounds
// (rounds.go), because machines are noisy: what is compared was measured within
// the same second. Loading (load.go) and throughput (throughput.go) are measured after
// that; targets.go holds the results against the project's targets, and table.go
// prints them.
//
// It is a module of its own so that the peers' dependencies are none of the product's.
package main
