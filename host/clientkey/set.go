package clientkey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Bounds of a key set.
const (
	MaxSet  = 64 << 10 // bytes
	maxKeys = 32

	// RFC 7518 3.3 asks for 2048 bits at least; far more is work for us only.
	minRSABits = 2048
	maxRSABits = 8192
)

// The algorithms that a client may sign with. There is no other: a header that
// names anything else, none included, is refused.
const (
	RS256 = "RS256"
	PS256 = "PS256"
	ES256 = "ES256"
	EdDSA = "EdDSA"
	// Ed25519 is what RFC 9864 2.2 calls EdDSA with that curve, the only one here.
	Ed25519 = "Ed25519"
	HS256   = "HS256" // with the client's secret; never with a key of a set
)

// Algs lists the algorithms of public keys.
func Algs() []string { return []string{RS256, PS256, ES256, EdDSA, Ed25519} }

// Set is a client's public keys. It is immutable.
type Set struct {
	keys     []key // that check signatures
	encrypts []key
}

// key is one public key, parsed once.
type key struct {
	id     string
	alg    string // of the key's member alg, empty when it names none
	public any
	cert   []byte // of the key's member x5c, nil when it has none

	signs, encrypts bool // what it is for; both where it does not say
}

// Parse reads a JSON Web Key Set (RFC 7517 5). Keys of a type that is not known are
// left out, as 5 says; a private or a symmetric one makes the whole set bad: who
// publishes it has lost it. A set without a key that can be used is an error.
func Parse(text []byte) (*Set, error) {
	if len(text) > MaxSet {
		return nil, fmt.Errorf("the key set is longer than %d bytes", MaxSet)
	}
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("the key set is not the JSON of RFC 7517: %w", err)
	}
	if len(doc.Keys) > maxKeys {
		return nil, fmt.Errorf("the key set holds more than %d keys", maxKeys)
	}
	s := &Set{}
	for _, text := range doc.Keys {
		k, err := parseKey(text)
		if err != nil {
			return nil, err
		}
		if k.signs {
			s.keys = append(s.keys, *k)
		}
		if k.encrypts {
			s.encrypts = append(s.encrypts, *k)
		}
	}
	if len(s.keys)+len(s.encrypts) == 0 {
		return nil, errors.New("the key set holds no public key that can check a signature or encrypt")
	}
	return s, nil
}

// members are what is read of a key before the library sees it.
type members struct {
	Kty string   `json:"kty"`
	Use string   `json:"use"`
	Ops []string `json:"key_ops"`
	Kid string   `json:"kid"`
	Alg string   `json:"alg"`
	Crv string   `json:"crv"`
	X5C [][]byte `json:"x5c"` // DER in base64, RFC 7517 4.7
	// Private members (RFC 7518 6).
	D json.RawMessage `json:"d"`
	K json.RawMessage `json:"k"`
}

// parseKey is one key; one that is of no use here is for nothing.
func parseKey(text []byte) (*key, error) {
	var m members
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("the key set holds something that is not a key: %w", err)
	}
	if m.D != nil || m.K != nil || m.Kty == "oct" {
		return nil, errors.New("the key set holds a private or symmetric key; it must hold public keys only, make a new key pair")
	}
	k := &key{id: m.Kid, alg: m.Alg, signs: m.checksSignatures(), encrypts: m.canEncrypt()}
	if !k.signs && !k.encrypts {
		return k, nil
	}
	parsed, err := jwk.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("the key set holds a key that can't be read: %w", err)
	}
	if len(m.X5C) > 0 {
		k.cert = m.X5C[0]
	}
	if err := parsed.Raw(&k.public); err != nil {
		return nil, fmt.Errorf("the key set holds a key that can't be read: %w", err)
	}
	return k, k.check()
}

// checksSignatures says whether a key is of a known type and not for encryption
// (RFC 7517 4.2 and 4.3).
func (m members) checksSignatures() bool {
	if m.Use != "" && m.Use != "sig" || m.Ops != nil && !slices.Contains(m.Ops, "verify") {
		return false
	}
	switch m.Kty {
	case "RSA":
		return true
	case "EC":
		return m.Crv == "P-256"
	case "OKP":
		return m.Crv == "Ed25519"
	}
	return false
}

// check refuses keys that are too weak, or so large that they are an attack.
func (k *key) check() error {
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return fmt.Errorf("an RSA key of the set has %d bits, %d to %d are allowed", bits, minRSABits, maxRSABits)
		}
		if public.E < 3 || public.E%2 == 0 {
			return errors.New("an RSA key of the set has an exponent that is none")
		}
	case *ecdsa.PublicKey:
		if _, err := public.ECDH(); err != nil {
			return errors.New("an EC key of the set is no point of its curve")
		}
	case ed25519.PublicKey:
		if len(public) != ed25519.PublicKeySize { // crypto/ed25519 would panic
			return errors.New("an Ed25519 key of the set has not 32 bytes")
		}
	default:
		return fmt.Errorf("the key set holds a %T", k.public)
	}
	return nil
}

// fits says whether a key is one for the algorithm: by its type, and by its own
// word (RFC 8725 3.1).
func (k *key) fits(alg string) bool {
	if k.alg != "" && fullyNamed(k.alg) != fullyNamed(alg) {
		return false
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		return alg == RS256 || alg == PS256
	case *ecdsa.PublicKey:
		return alg == ES256 && public.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return alg == EdDSA || alg == Ed25519
	}
	return false
}

// fullyNamed is one name for each algorithm: EdDSA is the old one of Ed25519 (RFC 9864 2.2).
func fullyNamed(alg string) string {
	if alg == EdDSA {
		return Ed25519
	}
	return alg
}

// ErrUnknownKey says that no key of the set is the one that signed, as far as its
// name tells.
var ErrUnknownKey = errors.New("no key of the client fits")

// find is the key that a header means. Without a name there must be just one for
// the algorithm (OpenID Connect Core 10.1): to try them all would be to guess.
func (s *Set) find(h header) (*key, error) {
	var found *key
	for i := range s.keys {
		k := &s.keys[i]
		if !k.fits(h.Alg) || h.Kid != "" && k.id != h.Kid {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("several keys of the client fit %s and kid %.100q: each key needs a kid of its own", h.Alg, h.Kid)
		}
		found = k
	}
	if found == nil {
		return nil, fmt.Errorf("%w alg %.20q and kid %.100q", ErrUnknownKey, h.Alg, h.Kid)
	}
	return found, nil
}
