// Package memory keeps everything in the memory of one process, for tests and
// benchmarks. What it holds is gone when the process ends. The audit log keeps
// only its last maxEvents events.
package memory
