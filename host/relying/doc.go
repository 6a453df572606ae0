// Package relying keeps the relying parties that are not in the configuration: those that
// the operator adds to a running host, and those that register themselves (RFC 7591).
//
// What such a client may do is written under the names of a [[clients]] table and read by
// the same rules, each time: a client that the configuration does not allow any more, say
// because its journey is gone, can't be used. A client of the configuration always wins;
// no other can have its id.
//
// Of a client that registered itself users are shown only pages at its own hosts (pages.go).
//
// The package speaks no protocol; that is package oidc's.
package relying
