// Package acr holds vectors that say what an OpenID Provider answers to each way of
// asking for an acr, and runs them against this one. See README.md for the format.
package acr
