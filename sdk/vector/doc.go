// Package vector is how a step is tested by documents: an input, the capability calls
// that it must make, and the output that it must give. The conformance kit, plugin test
// and Go tests share the format, which README.md describes.
//
// read.go and its neighbours read files of vectors, strictly; input.go fills an input in;
// check.go runs one on a Module, script.go answers its capability calls; compare.go makes
// the difference that people read.
package vector
