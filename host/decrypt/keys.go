package decrypt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Bounds of a file of keys.
const (
	MaxFile    = 64 << 10 // bytes
	maxKeys    = 8        // each may be tried
	minRSABits = 2048     // RFC 7518 4.3
	maxRSABits = 4096     // far more is work for us only, at the wish of strangers
)

// The algorithms by which a content key reaches the provider (RFC 7518 4): one for each
// type of key. RSA with PKCS #1 v1.5 and with SHA-1 are left out, and so are all that need
// a shared secret.
const (
	rsaAlg = "RSA-OAEP-256"
	ecAlg  = "ECDH-ES+A256KW"
)

// ContentAlgs lists how content may be encrypted (RFC 7518 5), the default of OpenID Connect
// Dynamic Client Registration 1.0 section 2 first.
func ContentAlgs() []string { return []string{"A128CBC-HS256", "A256GCM"} }

// KeyAlgs lists every algorithm that a key may be for.
func KeyAlgs() []string { return []string{rsaAlg, ecAlg} }

// Keys are the provider's own. They are immutable; nil has none.
type Keys struct{ keys []key }

type key struct {
	id, alg string
	private crypto.Signer // which it is by its type; it signs nothing
	public  json.RawMessage
}

// Parse reads private keys, PKCS #8 in PEM one after another: RSA of 2048 to 4096 bits, P-256
// or P-384. The first of each type is published; those that follow open what was encrypted
// before it was. No error repeats any of the text.
func Parse(text []byte) (*Keys, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("it is longer than %d bytes", MaxFile)
	}
	all := &Keys{}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		k, err := parseKey(block)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", len(all.keys)+1, err)
		}
		if slices.ContainsFunc(all.keys, func(other key) bool { return other.id == k.id }) {
			return nil, fmt.Errorf("key %d is there twice", len(all.keys)+1)
		}
		all.keys = append(all.keys, k)
	}
	switch {
	case len(all.keys) == 0:
		return nil, errors.New("it holds no private key in PEM")
	case len(all.keys) > maxKeys:
		return nil, fmt.Errorf("it holds more than %d keys", maxKeys)
	}
	return all, nil
}

func parseKey(block *pem.Block) (key, error) {
	if block.Type != "PRIVATE KEY" {
		return key{}, errors.New("it is not PKCS #8 (-----BEGIN PRIVATE KEY-----)")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return key{}, errors.New("it can't be read") // the cause may show what is in it
	}
	switch private := parsed.(type) {
	case *rsa.PrivateKey:
		if bits := private.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return key{}, fmt.Errorf("an RSA key of %d bits, expected %d to %d", bits, minRSABits, maxRSABits)
		}
		return newKey(private, rsaAlg)
	case *ecdsa.PrivateKey:
		if private.Curve != elliptic.P256() && private.Curve != elliptic.P384() {
			return key{}, errors.New("an EC key on another curve than P-256 and P-384")
		}
		return newKey(private, ecAlg)
	}
	return key{}, errors.New("it is neither RSA nor EC")
}

// newKey names a key by its thumbprint (RFC 7638).
func newKey(private crypto.Signer, alg string) (key, error) {
	public, err := jwk.FromRaw(private.Public())
	if err != nil {
		return key{}, err
	}
	sum, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return key{}, err
	}
	k := key{id: base64.RawURLEncoding.EncodeToString(sum), alg: alg, private: private}
	for name, value := range map[string]any{jwk.KeyIDKey: k.id, jwk.KeyUsageKey: jwk.ForEncryption, jwk.AlgorithmKey: alg} {
		if err := public.Set(name, value); err != nil {
			return key{}, err
		}
	}
	k.public, err = json.Marshal(public)
	return k, err
}

// Public are the public halves as JSON Web Keys, one for each algorithm.
func (k *Keys) Public() []json.RawMessage {
	var all []json.RawMessage
	for _, alg := range k.Algs() {
		i := slices.IndexFunc(k.keys, func(one key) bool { return one.alg == alg })
		all = append(all, k.keys[i].public)
	}
	return all
}

// Algs lists the algorithms that there are keys for.
func (k *Keys) Algs() []string {
	if k == nil {
		return nil
	}
	return slices.DeleteFunc(KeyAlgs(), func(alg string) bool {
		return !slices.ContainsFunc(k.keys, func(one key) bool { return one.alg == alg })
	})
}
