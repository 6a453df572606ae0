// Package leanjson reads and writes JSON without reflection, in one pass, and
// allocates only what the values need: each instruction of a step is paid for.
//
// It reads strictly (RFC 8259): text is valid UTF-8, a surrogate has its other half,
// a name comes once in an object, nesting is at most MaxDepth deep. Beyond that it
// accepts and refuses what encoding/json does, with the same values, and what it
// writes is byte for byte what encoding/json writes without HTML escapes; fuzz tests
// hold it to that. A name matches in its own case only.
//
// Texts and raw values that a Parser gives lie in the document that it reads: they
// keep it alive, and whoever changes the document changes them.
package leanjson
