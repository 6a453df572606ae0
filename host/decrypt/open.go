package decrypt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
)

// MaxEncrypted is the longest text that is looked at, in bytes.
const MaxEncrypted = 48 << 10

// Is says whether a text has the form of a compact JWE (RFC 7516 3.1).
func Is(raw string) bool { return strings.Count(raw, ".") == 4 }

// Expect is how something is to be encrypted; what is empty may be anything.
type Expect struct{ Alg, Enc string }

// header is what is read of a header before anything is decrypted.
type header struct {
	Alg  string          `json:"alg"`
	Enc  string          `json:"enc"`
	Kid  string          `json:"kid"`
	Cty  string          `json:"cty"`
	Zip  json.RawMessage `json:"zip"`
	Crit json.RawMessage `json:"crit"`
}

// errClosed is all that is told of a text that did not open: more would help who tries.
var errClosed = errors.New("no key of the provider's opens it")

// Open decrypts a compact JWE that holds a signed text.
func (k *Keys) Open(raw string, want Expect) (string, error) {
	h, err := readHeader(raw, want)
	if err != nil {
		return "", err
	}
	if k == nil {
		return "", errClosed
	}
	for _, one := range k.keys {
		if one.alg != h.Alg || h.Kid != "" && h.Kid != one.id {
			continue
		}
		// It holds to the algorithm that stands here, not to the header's.
		if text, err := jwe.Decrypt([]byte(raw), jwe.WithKey(jwa.KeyEncryptionAlgorithm(one.alg), one.private)); err == nil {
			return string(text), nil
		}
	}
	return "", errClosed
}

func readHeader(raw string, want Expect) (header, error) {
	var h header
	if len(raw) > MaxEncrypted {
		return h, fmt.Errorf("the encrypted text is longer than %d bytes", MaxEncrypted)
	}
	first, _, _ := strings.Cut(raw, ".")
	if !Is(raw) {
		return h, errors.New("the text is not a JWE in compact form")
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	switch {
	case err != nil:
		return h, errors.New("the header is not JSON in base64url")
	case !slices.Contains(KeyAlgs(), h.Alg) || want.Alg != "" && h.Alg != want.Alg:
		return h, fmt.Errorf("alg is %.20q, expected %s", h.Alg, orAny(want.Alg, KeyAlgs()))
	case !slices.Contains(ContentAlgs(), h.Enc) || want.Enc != "" && h.Enc != want.Enc:
		return h, fmt.Errorf("enc is %.20q, expected %s", h.Enc, orAny(want.Enc, ContentAlgs()))
	case h.Zip != nil:
		return h, errors.New("the text is compressed") // RFC 8725 3.6, and a few bytes could become many
	case h.Crit != nil:
		return h, errors.New("the header has a critical member") // RFC 7516 4.1.13: nothing is understood
	case h.Cty != "" && !isJWT(h.Cty):
		return h, fmt.Errorf("cty is %.30q, expected JWT", h.Cty) // RFC 7519 5.2
	}
	return h, nil
}

// isJWT: RFC 7515 4.1.10, application/ may be left out; RFC 9101 10.8 has a type of its own.
func isJWT(contentType string) bool {
	name := strings.TrimPrefix(strings.ToLower(contentType), "application/")
	return name == "jwt" || name == "oauth-authz-req+jwt"
}

func orAny(one string, all []string) string {
	if one != "" {
		return one
	}
	return strings.Join(all, " or ")
}
