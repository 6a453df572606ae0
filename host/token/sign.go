package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jws"
)

// The types that a token's header names. An ID token must never pass for an
// access token: the type is part of what is signed (RFC 8725 3.11).
const (
	typeID     = "JWT"
	typeAccess = "at+jwt" // RFC 9068 2.1
)

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 16 << 10

// ErrInvalid is every way in which a token is no good: form, signature, type,
// issuer, audience or time. Which one is in the error's text, for the log; who
// sent the token learns only that it is invalid.
var ErrInvalid = errors.New("token invalid")

// sign gives the payload as a compact JWS (RFC 7515 7.1). The header is made by hand, once
// for each key and type: jwx makes it anew for each signature, which takes a third of the
// time of ES256 and most of the memory. The signature is jwx's.
func (ks *Keys) sign(alg, typ string, payload []byte) (string, error) {
	k := ks.ring.Load().signer(alg, ks.now())
	if k == nil {
		return "", fmt.Errorf("sign token: no key for algorithm %q", alg)
	}
	header, err := k.header(typ)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	text := base64.RawURLEncoding
	signed := make([]byte, 0, len(header)+text.EncodedLen(len(payload))+maxSignature)
	signed = append(append(signed, header...), '.')
	signed = text.AppendEncode(signed, payload)
	signature, err := k.signer.Sign(signed, k.hidden)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	raw := string(text.AppendEncode(append(signed, '.'), signature))
	if typ == typeAccess {
		ks.known.add(raw, k.ID)
	}
	return raw, nil
}

// maxSignature is what a signature of RSA-2048 takes, in base64url and with the two dots; a
// longer one is no fault.
const maxSignature = 344

// header is the first part of a JWS of a type, in base64url.
func (k *key) header(typ string) (string, error) {
	if text, ok := k.headers.Load(typ); ok {
		return text.(string), nil
	}
	// The members in an order that any reader takes; crit and the like are never needed.
	document, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
		Typ string `json:"typ,omitempty"`
	}{string(k.alg), k.ID, typ})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(document)
	k.headers.Store(typ, text) // there are few types: all are constants of this package
	return text, nil
}

// header is what is read of a token's header before its signature is checked.
type header struct {
	Alg  string   `json:"alg"`
	Typ  string   `json:"typ"`
	Kid  string   `json:"kid"`
	Crit []string `json:"crit"`
}

// verify checks form, type and signature and gives the payload. The key is
// found by its id alone, and the algorithm is the key's: the header's must be
// equal to it (RFC 8725 3.1), so that neither none nor a MAC made with a public
// key can pass.
func (ks *Keys) verify(raw string, types ...string) ([]byte, error) {
	ring := ks.ring.Load()
	if slices.Contains(types, typeAccess) && ring.byID[ks.known.key(raw)] != nil {
		return readPayload(raw)
	}
	h, err := readHeader(raw)
	if err != nil {
		return nil, err
	}
	k := ring.byID[h.Kid]
	switch {
	case k == nil:
		return nil, fmt.Errorf("%w: unknown key", ErrInvalid)
	case h.Alg != string(k.alg):
		return nil, fmt.Errorf("%w: algorithm is not the key's", ErrInvalid)
	case !slices.Contains(types, h.Typ):
		return nil, fmt.Errorf("%w: wrong type", ErrInvalid)
	case h.Crit != nil:
		// RFC 7515 4.1.11: what is critical must be understood, and nothing is.
		return nil, fmt.Errorf("%w: critical header", ErrInvalid)
	}
	payload, err := jws.Verify([]byte(raw), jws.WithKey(k.alg, k.private.Public()), jws.WithCompact())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if slices.Contains(types, typeAccess) {
		ks.known.add(raw, k.ID)
	}
	return payload, nil
}

// readPayload is the payload of a token whose signature is good.
func readPayload(raw string) ([]byte, error) {
	_, rest, _ := strings.Cut(raw, ".")
	text, _, _ := strings.Cut(rest, ".")
	payload, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: payload: %w", ErrInvalid, err)
	}
	return payload, nil
}

func readHeader(raw string) (header, error) {
	var h header
	if len(raw) > maxToken {
		return h, fmt.Errorf("%w: too long", ErrInvalid)
	}
	first, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err != nil {
		return h, fmt.Errorf("%w: header: %w", ErrInvalid, err)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("%w: header: %w", ErrInvalid, err)
	}
	return h, nil
}

// LeftHash is at_hash: the left half of the hash of an access token, in base64url
// (OpenID Connect Core 3.1.3.6). The hash is that of the ID token's algorithm: SHA-512 for
// Ed25519, which is built on it, and SHA-256 for all others.
func LeftHash(alg, accessToken string) string {
	if alg == EdDSA {
		sum := sha512.Sum512([]byte(accessToken))
		return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	}
	sum := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// newID is a token's jti: 128 random bits.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
