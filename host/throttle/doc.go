// Package throttle makes guessing slow. Every attempt at a secret is counted in
// the store before the secret is compared, so that neither a restart, nor another
// host, nor many guesses at the same moment give any for nothing. After some free
// failures each further one doubles a wait, up to a longest one; time forgives.
//
// Attempts are counted by account, by network address and by run. Against locking
// others out there are two rules. What one address alone does to an account slows
// down that address, not the account. And a browser in which the account's owner
// has signed in before is counted by itself: it feels nothing of what others do.
//
// Nothing here depends on whether an account exists. The records' ids are keyed
// digests: who reads the store learns neither names nor addresses from them. The
// package compares no secrets and answers nobody; that is host/capability's.
package throttle
