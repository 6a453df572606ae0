// Package rust holds the source of the Rust SDK, for the program that makes projects of
// it: a project gets a copy, so that it builds with what its host was built with. The
// crates are acrhost-step, in step, and the macro that belongs to it, in macros.
package rust

import (
	"embed"
	"io/fs"
)

//go:embed step/Cargo.toml step/src/*.rs macros/Cargo.toml macros/src/*.rs
var files embed.FS

//go:embed all:template
var template embed.FS

// Files are the two crates.
func Files() fs.FS { return files }

// Template is what a new project is made of.
func Template() fs.FS {
	sub, err := fs.Sub(template, "template")
	if err != nil {
		panic(err) // the name is a constant that is no path
	}
	return sub
}
