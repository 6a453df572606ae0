package signature

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Bounds of a JWKS.
const (
	MaxJWKS = 64 << 10 // bytes
	maxKeys = 64
)

// Keys are a signer's public keys. They don't change.
type Keys struct {
	Signer string // the name that the operator gave them
	byID   map[string]publicKey
}

type publicKey struct {
	alg    jwa.SignatureAlgorithm
	public any
}

// Has says whether there is a key with this id.
func (k Keys) Has(id string) bool {
	_, ok := k.byID[id]
	return ok
}

func allowed(alg string) bool { return alg == jwa.EdDSA.String() || alg == jwa.ES256.String() }

// ParseKeys reads a JWKS (RFC 7517 section 5). Keys of other kinds are passed over: a vendor
// may publish them for other things. One without a kid, two with the same, and a private one
// are refused.
func ParseKeys(signer string, doc []byte) (Keys, error) {
	if len(doc) > MaxJWKS {
		return Keys{}, fmt.Errorf("the JWKS of %s has more than %d bytes", signer, MaxJWKS)
	}
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(doc, &set); err != nil {
		return Keys{}, fmt.Errorf("the JWKS of %s is none: %w", signer, err)
	}
	if len(set.Keys) > maxKeys {
		return Keys{}, fmt.Errorf("the JWKS of %s has %d keys, %d are allowed", signer, len(set.Keys), maxKeys)
	}
	k := Keys{Signer: signer, byID: map[string]publicKey{}}
	for i, text := range set.Keys {
		if err := k.add(text); err != nil {
			return Keys{}, fmt.Errorf("the JWKS of %s, key %d: %w", signer, i+1, err)
		}
	}
	if len(k.byID) == 0 {
		return Keys{}, fmt.Errorf("the JWKS of %s has no key for EdDSA (Ed25519) or ES256", signer)
	}
	return k, nil
}

// shape is what is read of a JWK to decide whether it is one of ours.
type shape struct {
	Kty string         `json:"kty"`
	Crv string         `json:"crv"`
	Kid string         `json:"kid"`
	Use string         `json:"use"`
	Alg string         `json:"alg"`
	D   jsontext.Value `json:"d"`
	K   jsontext.Value `json:"k"`
}

func (k Keys) add(text []byte) error {
	var s shape
	if err := json.Unmarshal(text, &s); err != nil {
		return errors.New("it can't be read")
	}
	if s.D != nil || s.K != nil {
		return errors.New("it is private: publish only what keygen prints")
	}
	alg, ok := algorithm(s)
	if !ok || s.Use != "" && s.Use != "sig" || s.Alg != "" && s.Alg != alg.String() {
		return nil
	}
	if s.Kid == "" {
		return errors.New("it has no kid")
	}
	if _, twice := k.byID[s.Kid]; twice {
		return fmt.Errorf("there are two keys %.80q", s.Kid)
	}
	key, err := jwk.ParseKey(text)
	if err != nil {
		return fmt.Errorf("it can't be read: %w", err)
	}
	public, err := rawPublic(key)
	if err != nil {
		return err
	}
	k.byID[s.Kid] = publicKey{alg, public}
	return nil
}

// algorithm is what a key of this kind signs with (RFC 8037 section 3.1, RFC 7518 section
// 3.4).
func algorithm(s shape) (jwa.SignatureAlgorithm, bool) {
	switch {
	case s.Kty == "OKP" && s.Crv == "Ed25519":
		return jwa.EdDSA, true
	case s.Kty == "EC" && s.Crv == "P-256":
		return jwa.ES256, true
	}
	return "", false
}

func rawPublic(key jwk.Key) (any, error) {
	var raw any
	if err := key.Raw(&raw); err != nil {
		return nil, fmt.Errorf("it can't be read: %w", err)
	}
	switch public := raw.(type) {
	case ed25519.PublicKey:
		if len(public) == ed25519.PublicKeySize {
			return public, nil
		}
	case *ecdsa.PublicKey:
		if _, err := public.ECDH(); err == nil && public.Curve == elliptic.P256() {
			return public, nil
		}
	}
	return nil, errors.New("it is no valid public key")
}
