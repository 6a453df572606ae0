package oidc

import (
	"crypto/rand"
	"encoding/base64"
)

// newSecret is a code or a refresh token: 256 random bits. Whoever has it is
// believed, so that guessing must be hopeless.
func newSecret() string { return random(32) }

// newID names a thing that is no secret: 128 random bits.
func newID() string { return random(16) }

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}
