// Package author is what the people who write steps work with: it makes a project in
// one of the languages that there is an SDK for, and builds and tests it with that
// language's own tools.
//
// A project is a folder with a plugin.toml (project.go). What is special about a
// language is one value of the type Language, in the file of its name; the SDK and the
// template travel with the program, so that a project builds without any registry of
// ours and fits the host that made it.
//
//	language.go   what a language is, and which there are
//	tool.go       finding compilers, and saying how to get those that are missing
//	command.go    running them
//	project.go    plugin.toml
//	create.go     a new project
//	build.go      building and testing one
package author
