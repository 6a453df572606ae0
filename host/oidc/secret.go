package oidc

import (
	"crypto/rand"
	"encoding/base64"

	"github.com/acrhost/acrhost/host/store"
)

// newSecret is a code or a refresh token: 256 random bits behind the time. Whoever has it is
// believed, so that guessing must be hopeless.
func (p *Provider) newSecret() string { return store.NearSecret(p.Now(), random(32)) }

// newID names a thing that is no secret: 128 random bits behind the time.
func (p *Provider) newID() string { return store.Near(p.Now(), random(16)) }

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}
