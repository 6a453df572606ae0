// Package tck is the conformance kit as a Go test. README.md specifies the guest that it
// is for; package vectors has what is compared.
package tck
