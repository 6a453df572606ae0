// Package dpop checks the proofs of OAuth 2.0 Demonstrating Proof of Possession (RFC
// 9449): that who sends a request holds the private key to which a token is bound. It is
// for resource servers (package resource uses it), and the provider itself.
//
// Check looks at one proof by itself. Two things are the caller's: to take each proof
// once (Proof.ID, until Proof.Until), and to compare its key with the one that a token is
// bound to (Proof.Thumbprint with the token's cnf.jkt).
package dpop
