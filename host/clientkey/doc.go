// Package clientkey checks what clients sign: their assertions and their request
// objects. It knows the public keys of a client, given as a set or as an address
// from which the set is fetched, and it is hostile to both: a set is bounded, holds
// public keys only, and each key is good for the algorithms of its own type.
//
// It decides nothing about what the signed text says: claims, times and who may be
// asked are for package oidc. It signs nothing.
package clientkey
