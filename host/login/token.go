package login

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// formToken is what a prompt's form carries: the prompt's number, authenticated
// for this run and this browser. Another site can't know it, so that it can't
// send a form in the user's name (CSRF); and a form of an earlier prompt is told
// from a forged one.
func (f *Flow) formToken(s *state) string {
	return strconv.Itoa(s.Sequence) + "." + base64.RawURLEncoding.EncodeToString(f.tokenMAC(s, s.Sequence))
}

// sequenceOf is the number of the prompt that a token was made for.
func (f *Flow) sequenceOf(s *state, token string) (int, bool) {
	number, code, ok := strings.Cut(token, ".")
	if !ok {
		return 0, false
	}
	sequence, err := strconv.Atoi(number)
	if err != nil {
		return 0, false
	}
	mac, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || !hmac.Equal(mac, f.tokenMAC(s, sequence)) {
		return 0, false
	}
	return sequence, true
}

func (f *Flow) tokenMAC(s *state, sequence int) []byte {
	return f.Sealer.MAC("login form", s.id, []byte(strconv.Itoa(sequence)+" "+s.Browser))
}

// sameOrigin says whether a form came from a page of this host. It is the second
// guard behind the token. Every browser of today sends at least one of the
// headers with a post; a client that sends none is no browser, and nobody can
// make it send a form unknowingly.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}
