package oidc

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// challengeS256 is the one way to make a challenge. The other, plain, protects
// from nobody who can read the request (RFC 9700 2.1.1).
const challengeS256 = "S256"

// checkPKCE: RFC 7636 4.3 and 4.4.1. Where no code is given, there is none to protect.
func checkPKCE(a *authorization) *Error {
	if a.tokensAsked() != "" {
		return nil
	}
	challenge, method := a.get("code_challenge"), a.get("code_challenge_method")
	switch {
	case challenge == "" && method != "":
		return invalidRequest("A code_challenge_method needs a code_challenge.")
	case challenge == "" && a.client.needsPKCE():
		return invalidRequest("A code_challenge is required.")
	case challenge == "":
		return nil
	case method != challengeS256:
		// RFC 7636 4.3: without a method, plain is meant.
		return invalidRequest("The code_challenge_method must be S256.")
	case !isChallenge(challenge):
		return invalidRequest("The code_challenge must be a SHA-256 hash in base64url.")
	}
	a.challenge = challenge
	return nil
}

func isChallenge(s string) bool {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(sum) == sha256.Size && len(s) == base64.RawURLEncoding.EncodedLen(sha256.Size) // the decoder skips line ends
}

// verifies says whether the verifier is the one that the challenge was made of. A
// verifier without a challenge is refused too: someone took the challenge out of
// the request on its way (RFC 9700 4.8.2).
func verifies(challenge, verifier string) bool {
	if challenge == "" {
		return verifier == ""
	}
	if !isVerifier(verifier) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	made := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(made), []byte(challenge)) == 1
}

// isVerifier: RFC 7636 4.1, 43 to 128 unreserved characters.
func isVerifier(s string) bool {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	return len(s) >= 43 && len(s) <= 128 && strings.Trim(s, unreserved) == ""
}
