// Package config reads config.toml into a Config: strictly, with every fault at
// once, each with its file, line and a hint. It knows the shape of a
// configuration; whether a journey makes sense is for package journey.
//
// A file becomes nodes, each with its place (node.go; the places are found by
// marks.go, because the TOML library keeps none). Included files are joined to
// the main one (load.go). Then each section reads its table member by member
// (table.go, scalar.go); what nobody asked for is an unknown key.
package config
