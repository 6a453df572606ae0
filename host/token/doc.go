// Package token is the only place that signs. It owns the provider's signing
// keys, their public half (the JWKS), and the exact form of every token: what an
// ID token and a JWT access token hold, and when one that comes back is good.
//
// It decides nothing: who gets which claims is the business of its callers. It
// knows no HTTP and keeps nothing but the sealed keys.
package token
