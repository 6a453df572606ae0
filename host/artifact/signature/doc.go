// Package signature says who stands behind a plugin. A signature is a JWS (RFC 7515) over
// a small statement: this name, this version, this digest, from then until then. It lies
// beside the module, never inside, so that signing leaves the digest alone; and because it
// carries the statement, a check that fails can say which part is wrong.
//
// A vendor makes a key (key.go), signs (sign.go) and publishes the public half as a JWKS;
// an operator reads it from a file or with Fetch (fetch.go) into Keys (keys.go) and verifies
// (verify.go). Only EdDSA (Ed25519) and ES256 are known.
package signature
