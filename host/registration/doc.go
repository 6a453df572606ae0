// Package registration reads what clients say of themselves when they register (RFC 7591,
// OpenID Connect Dynamic Client Registration 1.0), holds it to the operator's policy, and
// turns it into the settings that package config knows.
//
// All of it is hostile: the text is bounded, no address in it is ever asked for anything
// here, and a client can't name what only the operator decides. Keeping clients is package
// relying's, speaking HTTP package oidc's.
package registration
