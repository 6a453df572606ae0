// Package backend is the list of stores that a configuration can name.
package backend
