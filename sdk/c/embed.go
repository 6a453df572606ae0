// Package sdk holds the source of the C SDK, for the program that makes projects of it: a
// project gets a copy, so that it builds with what its host was built with.
package sdk

import (
	"embed"
	"io/fs"
)

//go:embed acrhost.h acrhost_test.h README.md
var files embed.FS

//go:embed all:template
var template embed.FS

// Files are the header, the one for unit tests, and the page.
func Files() fs.FS { return files }

// Template is what a new project is made of.
func Template() fs.FS {
	sub, err := fs.Sub(template, "template")
	if err != nil {
		panic(err) // the name is a constant that is no path
	}
	return sub
}
