package signature

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Type is the typ of a signature's header (RFC 7515 4.1.9): no other JWS that was made
// with the same key passes for one.
const Type = "acrhost-plugin+jws"

// MaxSignature is the longest signature that is read, in bytes.
const MaxSignature = 8 << 10

// Suffix is what a signature's file has behind the module's name.
const Suffix = ".jws"

// Subject is what is signed of a module.
type Subject struct {
	Name    string // the manifest's
	Version string // the manifest's
	Digest  string // sha256:<hex> of the module's file
}

// Statement is what a signer says of a module.
type Statement struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	// IssuedAt and Expires are seconds since 1970 (RFC 7519 section 2, NumericDate).
	IssuedAt int64 `json:"iat"`
	Expires  int64 `json:"exp"`
}

// leeway is how far the clocks of signer and operator may be apart.
const leeway = time.Minute

// parseStatement reads a statement strictly: what isn't understood can't be agreed to.
func parseStatement(doc []byte) (Statement, error) {
	var s Statement
	if err := json.Unmarshal(doc, &s, json.RejectUnknownMembers(true)); err != nil {
		return Statement{}, fmt.Errorf("its statement can't be read: %w", err)
	}
	if s.Name == "" || s.Digest == "" || s.IssuedAt <= 0 || s.Expires <= 0 {
		return Statement{}, errors.New("its statement lacks name, digest, iat or exp")
	}
	return s, nil
}

// check holds a statement against the module and the clock. All that is wrong is said.
func (s Statement) check(of Subject, now time.Time) error {
	var errs []error
	wrong := func(check Check, format string, args ...any) {
		errs = append(errs, &Error{Check: check, Message: fmt.Sprintf(format, args...)})
	}
	if s.Digest != of.Digest {
		wrong(WrongDigest, "the digest differs: signed is %.80q, the module has %s", s.Digest, of.Digest)
	}
	if s.Name != of.Name {
		wrong(WrongName, "the name differs: signed is %.80q, the module says %.80q", s.Name, of.Name)
	}
	if s.Version != of.Version {
		wrong(WrongVersion, "the version differs: signed is %.80q, the module says %.80q", s.Version, of.Version)
	}
	issued, expires := time.Unix(s.IssuedAt, 0).UTC(), time.Unix(s.Expires, 0).UTC()
	if issued.After(now.Add(leeway)) {
		wrong(NotYetValid, "it is not valid yet: it was made at %s, now is %s", issued.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	if !now.Before(expires) {
		wrong(Expired, "it expired at %s", expires.Format(time.RFC3339))
	}
	return errors.Join(errs...)
}

// Lifetime reads how long a signature lasts: as Go writes a duration, or days as in 365d.
func Lifetime(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 100*366 {
			return 0, fmt.Errorf("%.20q is no number of days, as 365d is", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%.20q is no length of time, as 365d or 12h are", s)
	}
	return d, nil
}
