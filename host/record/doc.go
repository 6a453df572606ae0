// Package record reads and writes what the host keeps as JSON, without reflection: the run
// of a login is read twice and written three times, and encoding/json takes longer for that
// than all of its steps do.
//
// A type says once, in an Object, which members it has and where they are; both ways follow
// from it. What is written is what encoding/json reads into the same type, and the other way
// round, so that a record of either is good. What is rare is left to encoding/json (Other).
//
// It is for the host's own words, and no guard against others'.
package record
