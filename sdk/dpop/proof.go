package dpop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The bounds of what is looked at. They keep a stranger's proof from costing much.
const (
	MaxProof = 8 << 10 // bytes
	maxID    = 256     // bytes of the jti
	maxRSA   = 4096    // bits: a check with a larger key takes long
	minRSA   = 2048    // bits, RFC 7518 3.3
)

// How old a proof may be, and how far ahead of the checker its maker's clock (RFC 9449
// 11.1: a proof is good for a short time only).
const (
	MaxAge = time.Minute
	Skew   = 30 * time.Second
)

// ErrInvalid is what every fault of a proof is.
var ErrInvalid = errors.New("invalid DPoP proof")

// Algs are the algorithms of proofs: asymmetric ones only (RFC 9449 4.3, check 5).
func Algs() []string {
	var names []string
	for _, alg := range algs() {
		names = append(names, string(alg))
	}
	return names
}

func algs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.ES512, jose.EdDSA, jose.PS256, jose.RS256}
}

// Request is what a proof must be for.
type Request struct {
	Method string
	// URL is where the request went, as the outside world names it: not what a proxy in
	// between made of it. Query and fragment do not count.
	URL string
	// AccessToken came along with the proof; empty: none did.
	AccessToken string
	Now         time.Time
}

// Proof is what a checked proof says.
type Proof struct {
	// Thumbprint is that of the key (RFC 7638, SHA-256, base64url): what cnf.jkt holds.
	Thumbprint string
	// Alg is the algorithm that it is signed with, one of Algs.
	Alg string
	// ID is the jti.
	ID string
	// Nonce is the checker's own word, come back; empty without one.
	Nonce string
	// Until is when the proof is too old for anybody: so long its ID is to be kept.
	Until time.Time
}

// claims of a proof (RFC 9449 4.2).
type claims struct {
	ID       string   `json:"jti"`
	Method   string   `json:"htm"`
	URL      string   `json:"htu"`
	IssuedAt *float64 `json:"iat"`
	Hash     string   `json:"ath"`
	Nonce    string   `json:"nonce"`
	// Not asked for, but they mean what they always mean (RFC 7519 4.1.4 and 4.1.5).
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
}

// Check holds a proof against the request that it came with (RFC 9449 4.3). Every fault
// is ErrInvalid.
func Check(raw string, r Request) (Proof, error) {
	p, err := check(raw, r)
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return p, nil
}

func check(raw string, r Request) (Proof, error) {
	if len(raw) > MaxProof {
		return Proof{}, errors.New("too long")
	}
	payload, thumbprint, alg, err := open(raw)
	if err != nil {
		return Proof{}, err
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Proof{}, errors.New("the payload is not JSON of the right shape")
	}
	if err := c.fits(r); err != nil {
		return Proof{}, err
	}
	made := time.Unix(int64(*c.IssuedAt), 0)
	return Proof{Thumbprint: thumbprint, Alg: alg, ID: c.ID, Nonce: c.Nonce, Until: made.Add(MaxAge + Skew)}, nil
}

// open checks the header and the signature, and gives what was signed and the key's
// thumbprint and algorithm.
func open(raw string) (payload []byte, thumbprint, alg string, _ error) {
	// The list of algorithms keeps none and the symmetric ones out, and the library takes
	// only a public key within a header.
	signed, err := jose.ParseSignedCompact(raw, algs())
	if err != nil {
		return nil, "", "", err
	}
	head := signed.Signatures[0].Protected
	switch {
	case head.ExtraHeaders[jose.HeaderType] != "dpop+jwt":
		return nil, "", "", errors.New("the header's typ is not dpop+jwt")
	case head.ExtraHeaders["crit"] != nil:
		return nil, "", "", errors.New("the header has crit") // RFC 7515 4.1.11: nothing is understood
	case head.JSONWebKey == nil:
		return nil, "", "", errors.New("the header has no jwk")
	}
	key := head.JSONWebKey
	if err := sound(key.Key, head.Algorithm); err != nil {
		return nil, "", "", err
	}
	if payload, err = signed.Verify(key); err != nil {
		return nil, "", "", err
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, "", "", err
	}
	return payload, base64.RawURLEncoding.EncodeToString(sum), head.Algorithm, nil
}

// sound says what is wrong with a key: it must be a public one, of the algorithm's kind
// and of a size that is neither weak nor dear.
func sound(key any, alg string) error {
	ok := false
	switch k := key.(type) {
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		ok = (alg == "RS256" || alg == "PS256") && bits >= minRSA && bits <= maxRSA && k.E > 2 && k.E <= 1<<31-1
	case *ecdsa.PublicKey:
		curve := map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[alg]
		ok = k.Curve.Params().Name == curve
	case ed25519.PublicKey:
		ok = alg == "EdDSA"
	}
	if !ok {
		return errors.New("the jwk is not a public key for the algorithm")
	}
	return nil
}

// fits holds what the proof says against the request (RFC 9449 4.3, checks 8 to 12).
func (c claims) fits(r Request) error {
	switch {
	case c.ID == "" || len(c.ID) > maxID:
		return errors.New("no jti, or too long a one")
	case c.Method != r.Method:
		return errors.New("htm is another method")
	case !SameURL(c.URL, r.URL):
		return errors.New("htu is another URL")
	case c.IssuedAt == nil || !recent(*c.IssuedAt, r.Now):
		return errors.New("iat is missing, too old or in the future")
	case c.Expires != nil && *c.Expires <= float64(r.Now.Add(-Skew).Unix()), c.NotBefore != nil && *c.NotBefore > float64(r.Now.Add(Skew).Unix()):
		return errors.New("exp has passed, or nbf has not")
	case r.AccessToken != "" && !hashes(c.Hash, r.AccessToken):
		return errors.New("ath is not the hash of the access token")
	}
	return nil
}

// recent bounds the age of a proof, with allowance for its maker's clock.
func recent(issuedAt float64, now time.Time) bool {
	const sane = 1 << 40 // seconds: a number that still is a time
	if !(issuedAt > 0 && issuedAt < sane) {
		return false
	}
	age := now.Sub(time.Unix(int64(issuedAt), 0))
	return age < MaxAge+Skew && age >= -Skew
}

func hashes(hash, token string) bool {
	sum := sha256.Sum256([]byte(token))
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(hash), []byte(want)) == 1
}

// IsThumbprint says whether a text can be a thumbprint as Proof has it.
func IsThumbprint(s string) bool {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(sum) == sha256.Size && !strings.ContainsAny(s, "\r\n")
}
