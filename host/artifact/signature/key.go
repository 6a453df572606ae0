package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Key is a private key that signs plugins. It shows itself only to Private.
type Key struct {
	jwk jwk.Key
	alg jwa.SignatureAlgorithm
	raw any
}

// NewKey makes a key for EdDSA or ES256. Its id is its thumbprint (RFC 7638).
func NewKey(alg string) (*Key, error) {
	var raw any
	var err error
	switch alg {
	case jwa.EdDSA.String():
		_, raw, err = ed25519.GenerateKey(rand.Reader)
	case jwa.ES256.String():
		raw, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return nil, fmt.Errorf("there is no algorithm %.20q; EdDSA and ES256 are known", alg)
	}
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	key, err := jwk.FromRaw(raw)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	print, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	for name, value := range map[string]any{jwk.KeyIDKey: base64.RawURLEncoding.EncodeToString(print), jwk.AlgorithmKey: alg, jwk.KeyUsageKey: "sig"} {
		if err := key.Set(name, value); err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
	}
	return &Key{key, jwa.SignatureAlgorithm(alg), raw}, nil
}

// ParseKey reads a private key, as Private gives it. The error holds nothing of it.
func ParseKey(doc []byte) (*Key, error) {
	var s shape
	if err := json.Unmarshal(doc, &s); err != nil {
		return nil, fmt.Errorf("the key is no JWK")
	}
	alg, ok := algorithm(s)
	switch {
	case !ok:
		return nil, fmt.Errorf("the key is for neither EdDSA (Ed25519) nor ES256; plugin keygen makes one that is")
	case s.D == nil:
		return nil, fmt.Errorf("the key is public; signing needs the private one")
	case s.Kid == "":
		return nil, fmt.Errorf("the key has no kid, by which a signer's keys are told apart")
	case s.Alg != "" && s.Alg != alg.String():
		return nil, fmt.Errorf("the key says it is for another algorithm than %s", alg)
	}
	key, err := jwk.ParseKey(doc)
	if err != nil {
		return nil, fmt.Errorf("the key can't be read")
	}
	var raw any
	if err := key.Raw(&raw); err != nil {
		return nil, fmt.Errorf("the key can't be read")
	}
	return &Key{key, alg, raw}, nil
}

// ID is the key's id.
func (k *Key) ID() string { return k.jwk.KeyID() }

// Private is the key as a JWK. Whoever has it can sign.
func (k *Key) Private() ([]byte, error) { return indented(k.jwk) }

// Public is the JWKS to publish.
func (k *Key) Public() ([]byte, error) {
	public, err := k.jwk.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	return indented(map[string]any{"keys": []any{public}})
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	return append(text, '\n'), nil
}
