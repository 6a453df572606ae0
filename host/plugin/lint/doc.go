// Package lint looks at a module the way a host and its operator will: what a host
// would refuse is a fault, what is unwise a warning, and each comes with a hint. The
// module is loaded as a host loads it, and the rest is read from what it says of
// itself; no step is called.
//
//	lint.go       the door: Module
//	binary.go     what the file holds
//	manifest.go   what the module says of itself, and whether that fits what it imports
//	schema.go     the schema of a step's configuration, and paths into it
//	packed.go     a packed manifest that is no longer what describe says
package lint
