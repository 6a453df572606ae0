package author

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Language is one that projects are written in.
type Language struct {
	Name  string // as --lang takes it
	Title string // for people
	// Tools are what building and testing need, looked for in this order.
	Tools []Tool
	// SDK is what a new project gets in its folder acrhost-sdk.
	SDK []Tree
	// Template is what else a new project is made of. Its texts are text/templates with
	// the delimiters [[ and ]] over Names; a file's name may hold NAME, and the suffix
	// .tmpl is dropped.
	Template fs.FS
	// Taken are the names that no project can have: of packages that it is built of.
	Taken []string
	// Build gives the commands that write p.Module. They run in the project's folder,
	// one after the other, until one fails.
	Build func(t Toolchain, p Project) []Command
	// Test gives the commands that run the project's own unit tests; nil: it has none.
	Test func(t Toolchain, p Project) []Command
}

// Tree is a part of an SDK.
type Tree struct {
	Files fs.FS
	To    string // the folder in acrhost-sdk, with slashes; empty: itself
	// Omit leaves out what a project has no use for, by its path in Files; nil: nothing.
	Omit func(path string) bool
}

// building is the language without the tools that only tests need.
func (l Language) building() Language {
	l.Tools = slices.DeleteFunc(slices.Clone(l.Tools), func(t Tool) bool { return t.TestOnly })
	return l
}

// Languages are all that there is an SDK for, in the order in which they are shown.
func Languages() []Language {
	return []Language{golang(), rust(), assemblyscript(), zig(), clang(), javascript()}
}

// Find finds a language by its name.
func Find(name string) (Language, error) {
	var names []string
	for _, l := range Languages() {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return Language{}, fmt.Errorf("there is no SDK for the language %q; there are: %s", name, strings.Join(names, ", "))
}
