//go:build race

package rewrite_test

const (
	raceEnabled = true
	thin        = 4 // the part of the longest tests that is run: one in so many
)
