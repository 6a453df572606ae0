// Package passhash reads, makes and checks password hashes: argon2id, which new
// passwords get, and those that other systems keep and an operator imports, one
// file for each scheme.
//
// Every text that it reads is bounded in what it costs to check, for a row of the
// database must not take down the host. How many are checked at once is for its
// callers; MemoryKiB says what each takes.
package passhash
