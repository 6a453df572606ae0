package token

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// JWKS is the public half of all keys as a JSON Web Key Set (RFC 7517 5): those that are
// about to sign, and those whose tokens may live, too. The caller must not change it.
func (ks *Keys) JWKS() []byte { return ks.ring.Load().jwks }

// ETag is an entity tag of JWKS, with its quotes.
func (ks *Keys) ETag() string { return ks.ring.Load().etag }

// publish computes the key set and its entity tag.
func publish(keys []*key) (jwks []byte, etag string, err error) {
	set := jwk.NewSet()
	for _, k := range keys {
		public, err := k.public()
		if err != nil {
			return nil, "", fmt.Errorf("publish key %s: %w", k.ID, err)
		}
		if err := set.AddKey(public); err != nil {
			return nil, "", fmt.Errorf("publish key %s: %w", k.ID, err)
		}
	}
	if jwks, err = json.Marshal(set); err != nil {
		return nil, "", fmt.Errorf("publish keys: %w", err)
	}
	sum := sha256.Sum256(jwks)
	return jwks, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, nil
}

// public is the key as relying parties see it.
func (k *key) public() (jwk.Key, error) {
	public, err := jwk.FromRaw(k.private.Public())
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]any{
		jwk.KeyIDKey:     k.ID,
		jwk.KeyUsageKey:  jwk.ForSignature,
		jwk.AlgorithmKey: k.alg,
	} {
		if err := public.Set(name, value); err != nil {
			return nil, err
		}
	}
	return public, nil
}
