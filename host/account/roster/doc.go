// Package roster carries users into a host and out of it: rows of CSV or JSON, one
// user each, with the password hashes of other systems.
//
// An import is checked as a whole before anything is written, and every fault has
// its line. Neither direction holds all users in memory.
package roster
