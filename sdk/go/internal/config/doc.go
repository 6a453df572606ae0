// Package config makes a Go type the configuration of a step: it derives the JSON Schema
// from the fields and their tags, and reads a document into a value, strictly, with the
// path of what does not fit. Both look at the type by reflection, once.
package config
