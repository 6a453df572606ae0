// Package javascript holds the source of the JavaScript SDK, for the program that makes
// projects of it: a project gets a copy.
package javascript

import (
	"embed"
	"io/fs"
)

//go:embed acrhost.js test.js quickjs
var files embed.FS

//go:embed all:template
var template embed.FS

// Files are the border in C, the module that steps import, the doubles for tests, and
// where the engine's source comes from.
func Files() fs.FS { return files }

// Template is what a new project is made of.
func Template() fs.FS {
	sub, err := fs.Sub(template, "template")
	if err != nil {
		panic(err) // the name is a constant that is no path
	}
	return sub
}
