// Package token is the only place that signs. It owns the provider's signing
// keys, their public half (the JWKS), and the exact form of every token: what an
// ID token, a JWT access token, a logout token and the signed answers hold, and when one that
// comes back is good.
//
// keys.go reads the keys from the store, ring.go is what was read, rotate.go has them take
// turns, state.go says which is where.
//
// It decides nothing: who gets which claims is the business of its callers. It
// knows no HTTP and keeps nothing but the sealed keys.
package token
