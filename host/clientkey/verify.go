package clientkey

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// MaxSigned is the longest signed text that is looked at, in bytes.
const MaxSigned = 32 << 10

// Signed is a text whose signature holds.
type Signed struct {
	Alg     string
	Type    string // the header's typ as it was sent, empty without one
	Payload []byte
}

// header is what is read of a header before the signature is checked.
type header struct {
	Alg  string          `json:"alg"`
	Typ  string          `json:"typ"`
	Kid  string          `json:"kid"`
	Crit json.RawMessage `json:"crit"`
	B64  *bool           `json:"b64"`
}

// Verify checks a compact JWS (RFC 7515 3.1) that one of the keys must have signed
// with one of the algorithms.
func (k *Keys) Verify(ctx context.Context, raw string, algs []string) (Signed, error) {
	h, err := readHeader(raw, algs)
	if err != nil {
		return Signed{}, err
	}
	found, err := k.find(ctx, h)
	if err != nil {
		return Signed{}, err
	}
	return h.verify(raw, found.public)
}

// VerifySecret checks a compact JWS whose MAC is made with the client's secret
// (HS256). Only bytes that are a secret ever get here, so that a public key can't
// become one.
func VerifySecret(raw, secret string) (Signed, error) {
	h, err := readHeader(raw, []string{HS256})
	if err != nil {
		return Signed{}, err
	}
	if secret == "" {
		return Signed{}, errors.New("the client has no secret")
	}
	return h.verify(raw, []byte(secret))
}

func (h header) verify(raw string, key any) (Signed, error) {
	if h.Alg == Ed25519 {
		return h.verifyEd25519(raw, key)
	}
	payload, err := jws.Verify([]byte(raw), jws.WithKey(jwa.SignatureAlgorithm(h.Alg), key), jws.WithCompact())
	if err != nil {
		return Signed{}, errors.New("the signature does not hold")
	}
	return Signed{Alg: h.Alg, Type: h.Typ, Payload: payload}, nil
}

// verifyEd25519 is for a name that the library does not know yet.
func (h header) verifyEd25519(raw string, key any) (Signed, error) {
	end := strings.LastIndexByte(raw, '.')
	public, ok := key.(ed25519.PublicKey)
	signature, err := base64.RawURLEncoding.Strict().DecodeString(raw[end+1:])
	if !ok || err != nil || !ed25519.Verify(public, []byte(raw[:end]), signature) {
		return Signed{}, errors.New("the signature does not hold")
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		return Signed{}, errors.New("the payload is not base64url")
	}
	return Signed{Alg: h.Alg, Type: h.Typ, Payload: payload}, nil
}

// ErrUnsigned is a text whose algorithm is none.
var ErrUnsigned = errors.New("the text is not signed")

func readHeader(raw string, algs []string) (header, error) {
	var h header
	if len(raw) > MaxSigned {
		return h, fmt.Errorf("the signed text is longer than %d bytes", MaxSigned)
	}
	parts := strings.Split(raw, ".")
	if len(parts) == 5 {
		return h, errors.New("the text is encrypted, which is not supported")
	}
	if len(parts) != 3 {
		return h, errors.New("the text is not a JWS in compact form")
	}
	if err := decode(parts[0], &h); err != nil {
		return h, fmt.Errorf("header: %w", err)
	}
	switch {
	case strings.EqualFold(h.Alg, "none"):
		return h, ErrUnsigned
	case !slices.Contains(algs, h.Alg):
		return h, fmt.Errorf("alg is %.20q, expected %s", h.Alg, strings.Join(algs, " or "))
	case h.Crit != nil || h.B64 != nil:
		// RFC 7515 4.1.11: what is critical must be understood, and nothing is.
		return h, errors.New("the header has a critical member")
	}
	return h, nil
}

// Peek is a claim of a signed text that nobody has checked: only good to find out
// who claims to have signed it. Empty when it has none.
func Peek(raw, claim string) string {
	if len(raw) > MaxSigned {
		return ""
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return ""
	}
	claims := map[string]json.RawMessage{}
	var text string
	if decode(parts[1], &claims) != nil || json.Unmarshal(claims[claim], &text) != nil {
		return ""
	}
	return text
}

func decode(part string, to any) error {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
