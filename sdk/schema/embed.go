package schema

import _ "embed" // for the directives below

//go:embed input.schema.json
var input string

//go:embed output.schema.json
var output string

//go:embed manifest.schema.json
var manifest string

//go:embed capabilities.schema.json
var capabilities string

// Input is the schema of the document that a step reads.
func Input() string { return input }

// Output is the schema of the document that a step answers with.
func Output() string { return output }

// Manifest is the schema of what a module says of itself.
func Manifest() string { return manifest }

// Capabilities is the schema of an object that has, under the name of a capability, a
// request and the answer to it.
func Capabilities() string { return capabilities }
