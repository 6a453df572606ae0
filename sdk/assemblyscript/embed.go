// Package sdk holds the source of the AssemblyScript SDK, for the program that makes
// projects of it: a project gets a copy, so that it builds with what its host was built
// with.
package sdk

import (
	"embed"
	"io/fs"
)

//go:embed *.ts *.js package.json README.md
var files embed.FS

//go:embed all:template
var template embed.FS

// Files are the npm package @acrhost/step.
func Files() fs.FS { return files }

// Template is what a new project is made of.
func Template() fs.FS {
	sub, err := fs.Sub(template, "template")
	if err != nil {
		panic(err) // the name is a constant that is no path
	}
	return sub
}
