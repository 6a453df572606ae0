package oidc

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// The alphabet of user codes (RFC 8628 6.1): no vowels, so that no words come about, and
// nothing that looks like a digit. Eight of them are 34 bits, which is few: guessing is
// throttled, and a code lives for ten minutes.
const (
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeSize    = 8
)

// newUserCode is what a device shows, in two halves.
func newUserCode() string {
	var code strings.Builder
	for code.Len() < userCodeSize {
		var b [1]byte
		rand.Read(b[:]) // never fails, see crypto/rand
		if n := int(b[0]); n < 256/len(userCodeLetters)*len(userCodeLetters) {
			code.WriteByte(userCodeLetters[n%len(userCodeLetters)]) // the rest would favour some letters
		}
	}
	return code.String()[:userCodeSize/2] + "-" + code.String()[userCodeSize/2:]
}

// readUserCode is a code as it is kept, of what somebody typed: in any case, with or
// without dash and spaces (RFC 8628 6.1).
func readUserCode(typed string) (string, bool) {
	if len(typed) > 4*userCodeSize {
		return "", false
	}
	code := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	return code, len(code) == userCodeSize && strings.Trim(code, userCodeLetters) == ""
}

// userCodeID is a keyed digest: of a plain one all codes could be tried by whoever reads
// the store.
func (p *Provider) userCodeID(code string) string {
	return base64.RawURLEncoding.EncodeToString(p.Sealer.MAC("user-code", p.Issuer, []byte(code)))
}
