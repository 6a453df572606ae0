// Package schema holds the JSON Schemas of the documents that pass between the
// host and a step. It is data; its tests hold the Go types against it.
//
// The SDKs are made from them: see bindings.
package schema

//go:generate go run ./bindings
