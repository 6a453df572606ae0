// Package decrypt opens what clients encrypted for the provider: request objects (RFC 9101
// 6.1, OpenID Connect Core 6.1), a signed text within an encrypted one. It knows the
// provider's own private keys for that, which sign nothing, and their public halves.
//
// What it opens comes from strangers: anybody can encrypt with a public key. So the ways are
// few, nothing is decompressed, and why something did not open is not told.
package decrypt
