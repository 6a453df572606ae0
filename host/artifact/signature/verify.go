package signature

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// Check is one thing that a signature must pass.
type Check string

// The checks.
const (
	Malformed    Check = "malformed"
	WrongAlg     Check = "alg"
	WrongType    Check = "typ"
	NoKeyID      Check = "kid"
	WrongSigner  Check = "signer"
	WrongDigest  Check = "digest"
	WrongName    Check = "name"
	WrongVersion Check = "version"
	NotYetValid  Check = "not_yet_valid"
	Expired      Check = "expired"
)

// Error says which check a signature failed.
type Error struct {
	Check   Check
	Message string
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

func failed(c Check, format string, args ...any) *Error {
	return &Error{Check: c, Message: fmt.Sprintf(format, args...)}
}

// Verified is a signature that passed.
type Verified struct {
	Signer    string // the name that the operator gave the keys
	KeyID     string
	Algorithm string
	Statement Statement
}

// header is all that the header may hold. A critical extension (RFC 7515 4.1.11), a key
// that the signer brings along (jwk, jku, x5c) and whatever else is refused unread.
type header struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ"`
}

// Verify checks the signature of a module against the keys of the signers that its
// operator named. The error is an *Error, or several, joined.
func Verify(compact []byte, of Subject, now time.Time, signers ...Keys) (Verified, error) {
	compact = bytes.TrimSpace(compact)
	if len(compact) > MaxSignature {
		return Verified{}, failed(Malformed, "it is longer than %d bytes", MaxSignature)
	}
	h, err := readHeader(compact)
	if err != nil {
		return Verified{}, err
	}
	var names []string
	for _, keys := range signers {
		names = append(names, keys.Signer)
		key, ok := keys.byID[h.Kid]
		if !ok {
			continue
		}
		if key.alg.String() != h.Alg {
			return Verified{}, failed(WrongAlg, "the alg %q isn't that of the key %q, which is for %s", h.Alg, h.Kid, key.alg)
		}
		payload, err := jws.Verify(compact, jws.WithKey(key.alg, key.public))
		if err != nil {
			return Verified{}, failed(WrongSigner, "wrong signer: it wasn't made with the key %q of %s, or was changed since", h.Kid, keys.Signer)
		}
		s, err := parseStatement(payload)
		if err != nil {
			return Verified{}, failed(Malformed, "%v", err)
		}
		return Verified{keys.Signer, h.Kid, h.Alg, s}, s.check(of, now)
	}
	return Verified{}, failed(WrongSigner, "wrong signer: the key %.80q is none of %s", h.Kid, strings.Join(names, ", "))
}

// VerifyAny verifies the first of several signatures that passes: vendors may sign twice,
// while they change keys.
func VerifyAny(list [][]byte, of Subject, now time.Time, signers ...Keys) (Verified, []byte, error) {
	if len(list) == 0 {
		return Verified{}, nil, failed(Malformed, "there is no signature")
	}
	var errs []error
	for _, one := range list {
		v, err := Verify(one, of, now, signers...)
		if err == nil {
			return v, bytes.TrimSpace(one), nil
		}
		errs = append(errs, err)
	}
	return Verified{}, nil, errors.Join(errs...)
}

// Claimed is what a signature says of itself. Nothing of it is verified.
type Claimed struct {
	KeyID     string
	Algorithm string
	Statement Statement
}

// Claims reads what a signature says, for people.
func Claims(compact []byte) (Claimed, error) {
	compact = bytes.TrimSpace(compact)
	if len(compact) > MaxSignature {
		return Claimed{}, failed(Malformed, "it is longer than %d bytes", MaxSignature)
	}
	h, err := readHeader(compact)
	if err != nil {
		return Claimed{}, err
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(string(compact), ".")[1])
	if err != nil {
		return Claimed{}, failed(Malformed, "its statement is not base64url")
	}
	s, err := parseStatement(payload)
	if err != nil {
		return Claimed{}, failed(Malformed, "%v", err)
	}
	return Claimed{h.Kid, h.Alg, s}, nil
}

// Stale says whether a signature was made for something else than this module, as far as it
// says so itself: nothing is verified.
func Stale(compact []byte, of Subject, now time.Time) error {
	c, err := Claims(compact)
	if err != nil {
		return err
	}
	return c.Statement.check(of, now)
}

// readHeader reads the header of a compact JWS, before anything is believed of it.
func readHeader(compact []byte) (header, error) {
	parts := strings.Split(string(compact), ".")
	if len(parts) != 3 {
		return header{}, failed(Malformed, "it is no compact JWS")
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return header{}, failed(Malformed, "its header is not base64url")
	}
	var h header
	if err := json.Unmarshal(text, &h, json.RejectUnknownMembers(true)); err != nil {
		return header{}, failed(Malformed, "its header holds more than alg, kid and typ, or isn't JSON: %v", err)
	}
	switch {
	case !allowed(h.Alg):
		return header{}, failed(WrongAlg, "the alg %.20q is not allowed; EdDSA and ES256 are", h.Alg)
	case h.Typ != Type:
		return header{}, failed(WrongType, "its typ is %.40q, expected %q", h.Typ, Type)
	case h.Kid == "":
		return header{}, failed(NoKeyID, "its header has no kid")
	}
	return h, nil
}
