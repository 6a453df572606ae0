package clientkey

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
)

// KeyAlgs lists how a content key reaches a client (RFC 7518 4). RSA with PKCS #1 v1.5 and
// with SHA-1 are left out, and so are all that need a shared secret.
func KeyAlgs() []string {
	return []string{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"}
}

// ContentAlgs lists how content is encrypted (RFC 7518 5), the default of OpenID Connect
// Dynamic Client Registration 2 first.
func ContentAlgs() []string {
	return []string{"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"}
}

// Encryption is how a client wants to have something encrypted.
type Encryption struct {
	Alg string // one of KeyAlgs; empty: not at all
	Enc string // one of ContentAlgs
}

var errNoKeys = errors.New("the client has no keys")

// Encrypt encrypts for the client, as a compact JWE (RFC 7516 3.1). contentType is the
// header's cty, JWT for something that is a JWT itself (RFC 7519 5.2); empty: none.
func (k *Keys) Encrypt(ctx context.Context, e Encryption, contentType string, payload []byte) (string, error) {
	if !slices.Contains(KeyAlgs(), e.Alg) || !slices.Contains(ContentAlgs(), e.Enc) {
		return "", fmt.Errorf("unknown encryption %q with %q", e.Alg, e.Enc)
	}
	if k == nil {
		return "", errNoKeys
	}
	to, err := k.look(ctx, func(s *Set) (*key, error) { return s.encrypter(e.Alg) })
	if err != nil {
		return "", err
	}
	header := jwe.NewHeaders()
	if to.id != "" {
		err = header.Set(jwe.KeyIDKey, to.id)
	}
	if contentType != "" {
		err = errors.Join(err, header.Set(jwe.ContentTypeKey, contentType))
	}
	if err != nil {
		return "", fmt.Errorf("encrypt for the client: %w", err)
	}
	sealed, err := jwe.Encrypt(payload,
		jwe.WithKey(jwa.KeyEncryptionAlgorithm(e.Alg), to.public),
		jwe.WithContentEncryption(jwa.ContentEncryptionAlgorithm(e.Enc)),
		jwe.WithProtectedHeaders(header))
	if err != nil {
		return "", fmt.Errorf("encrypt for the client: %w", err)
	}
	return string(sealed), nil
}

// CanEncrypt says whether there is a key to encrypt with, without making anything: nil, or why
// Encrypt would fail.
func (k *Keys) CanEncrypt(ctx context.Context, alg string) error {
	if k == nil {
		return errNoKeys
	}
	_, err := k.look(ctx, func(s *Set) (*key, error) { return s.encrypter(alg) })
	return err
}

// CanEncrypt says whether a set has a key for an algorithm.
func (s *Set) CanEncrypt(alg string) bool {
	_, err := s.encrypter(alg)
	return err == nil
}

// CanVerify says whether a set has a key that checks signatures.
func (s *Set) CanVerify() bool { return len(s.keys) > 0 }

// encrypter is the key to encrypt with: the first that is for nothing else, or the first.
func (s *Set) encrypter(alg string) (*key, error) {
	var found *key
	for i := range s.encrypts {
		k := &s.encrypts[i]
		if k.takes(alg) && (found == nil || found.signs && !k.signs) {
			found = k
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w to encrypt with alg %.20q", ErrUnknownKey, alg)
	}
	return found, nil
}

// takes says whether a content key can be sent under the key, by its type and its own word.
func (k *key) takes(alg string) bool {
	if k.alg != "" && k.alg != alg {
		return false
	}
	switch k.public.(type) {
	case *rsa.PublicKey:
		return alg == "RSA-OAEP-256"
	case *ecdsa.PublicKey:
		return alg != "RSA-OAEP-256"
	}
	return false
}

// canEncrypt says whether a key is of a type that content keys are sent under, and not for
// signatures only (RFC 7517 4.2 and 4.3). Edwards curves only sign.
func (m members) canEncrypt() bool {
	if m.Use != "" && m.Use != "enc" {
		return false
	}
	if m.Ops != nil && !slices.ContainsFunc([]string{"encrypt", "wrapKey", "deriveKey", "deriveBits"}, func(op string) bool { return slices.Contains(m.Ops, op) }) {
		return false
	}
	switch m.Kty {
	case "RSA":
		return true
	case "EC":
		return m.Crv == "P-256" || m.Crv == "P-384"
	}
	return false
}
