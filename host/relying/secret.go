package relying

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewSecret is a secret of 256 random bits, as text, and what is kept of it. A plain
// SHA-256 is enough: nobody can try 2^256 secrets, whatever a try costs, so that a slow
// hash would slow down nobody but the host, at each request of each client.
func NewSecret() (secret string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b) // never fails, see crypto/rand
	secret = base64.RawURLEncoding.EncodeToString(b)
	return secret, Hash(secret)
}

// Hash is what is kept of a secret.
func Hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// NewID is the id of a client that has not chosen one: 128 random bits. One in 64 begins
// with a dash, which a command would take for a flag: such an id is made again.
func NewID() string {
	for {
		b := make([]byte, 16)
		rand.Read(b) // never fails, see crypto/rand
		if id := base64.RawURLEncoding.EncodeToString(b); id[0] != '-' {
			return id
		}
	}
}
