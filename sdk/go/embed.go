// Package sdk holds the source of the Go SDK, for the program that makes projects of
// it: a project gets a copy, so that it builds with what its host was built with. What
// authors import are the packages below it.
package sdk

import (
	"embed"
	"io/fs"
)

// A pattern per package, not one for all: what is embedded is what projects get.
//
//go:embed abi/*.go capability/*.go detailtext/*.go leanjson/*.go step/*.go steptest/*.go internal/config/*.go internal/guest/*.go
var files embed.FS

//go:embed all:standalone
var standalone embed.FS

//go:embed all:template
var template embed.FS

// Files are the SDK's packages, tests included.
func Files() fs.FS { return files }

// Standalone is what makes a module of its own of the SDK's packages, one that needs no
// other.
func Standalone() fs.FS { return below(standalone, "standalone") }

// Template is what a new project is made of.
func Template() fs.FS { return below(template, "template") }

func below(files embed.FS, dir string) fs.FS {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // dir is a constant that is no path
	}
	return sub
}
