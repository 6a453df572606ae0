// Package acr holds the rules of assurance: what a value is, what evidence comes
// to which amr, what was requested, and whether a journey's end meets it. It is
// pure: values in, values out.
package acr
