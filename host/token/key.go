package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/store"
)

// The algorithms that the provider signs with, one key each. There is no other:
// a token that names anything else, none included, is refused unread.
const (
	RS256 = "RS256"
	PS256 = "PS256"
	ES256 = "ES256"
	EdDSA = "EdDSA" // Ed25519 (RFC 8037)
)

// Algs lists the algorithms, the default of ID tokens first.
func Algs() []string { return []string{RS256, PS256, ES256, EdDSA} }

// rsaBits is what RFC 7518 3.3 asks for at least.
const rsaBits = 2048

// key is one private key, parsed once: parsing an RSA key costs more than
// signing with it.
type key struct {
	store.SigningKey
	alg     jwa.SignatureAlgorithm
	private crypto.Signer
	signer  jws.Signer
	hidden  crypto.Signer // private, for signer
	headers sync.Map      // in base64url, by typ
}

// generate makes a key for the algorithm. Its id is the RFC 7638 thumbprint, so
// that a key has one name whoever computes it. One in 64 begins with a dash, which a
// command would take for a flag: such a key is made again.
func generate(alg string) (*key, error) {
	for {
		k, err := generateAny(alg)
		if err != nil || k.ID[0] != '-' {
			return k, err
		}
	}
}

func generateAny(alg string) (*key, error) {
	private, err := generatePrivate(alg)
	if err != nil {
		return nil, fmt.Errorf("generate %s key: %w", alg, err)
	}
	public, err := jwk.FromRaw(private.Public())
	if err != nil {
		return nil, fmt.Errorf("generate %s key: %w", alg, err)
	}
	thumb, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("generate %s key: %w", alg, err)
	}
	id := base64.RawURLEncoding.EncodeToString(thumb)
	return newKey(store.SigningKey{ID: id, Alg: alg}, private)
}

func generatePrivate(alg string) (crypto.Signer, error) {
	switch alg {
	case RS256, PS256:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	case ES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}
	return nil, fmt.Errorf("unknown algorithm %q", alg)
}

// newSealed is a new key as it is stored: published at one time, signing from another.
func newSealed(s Sealer, alg string, at, signs time.Time) (store.SigningKey, error) {
	k, err := generate(alg)
	if err != nil {
		return store.SigningKey{}, err
	}
	if err := k.seal(s); err != nil {
		return store.SigningKey{}, err
	}
	k.CreatedAt, k.SignsAt = at, signs
	return k.SigningKey, nil
}

// seal adds the sealed bytes. Id and algorithm are bound to them: who can write to the
// store can't pass one key off as another.
func (k *key) seal(s Sealer) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fmt.Errorf("seal key %s: %w", k.ID, err)
	}
	k.Sealed = s.Seal(sealKind, sealID(k.ID, k.Alg), der)
	return nil
}

// unseal is the reverse of seal.
func unseal(s Sealer, stored store.SigningKey) (*key, error) {
	der, err := s.Open(sealKind, sealID(stored.ID, stored.Alg), stored.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open signing key %s: %w", stored.ID, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", stored.ID, err)
	}
	private, err := fit(stored.Alg, parsed)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", stored.ID, err)
	}
	return newKey(stored, private)
}

func newKey(stored store.SigningKey, private crypto.Signer) (*key, error) {
	alg := jwa.SignatureAlgorithm(stored.Alg)
	signer, err := jws.NewSigner(alg)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", stored.ID, err)
	}
	return &key{SigningKey: stored, alg: alg, private: private, signer: signer, hidden: hidden{private}}, nil
}

// hidden is a private key of which only this shows that it signs. Of an ECDSA key that jwx
// can see it makes a copy, for which the standard library prepares anew at each signature.
type hidden struct{ crypto.Signer }

// fit checks that a private key is one for the algorithm.
func fit(alg string, private any) (crypto.Signer, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if (alg == RS256 || alg == PS256) && k.N.BitLen() >= rsaBits {
			return k, nil
		}
	case *ecdsa.PrivateKey:
		if alg == ES256 && k.Curve == elliptic.P256() {
			return k, nil
		}
	case ed25519.PrivateKey:
		if alg == EdDSA {
			return k, nil
		}
	}
	return nil, fmt.Errorf("a %T is no key for %q", private, alg)
}

// sealKind and sealID name the record that a sealed key belongs to.
const sealKind = "signing-key"

func sealID(id, alg string) string { return alg + ":" + id }
