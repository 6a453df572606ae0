package login

import (
	"crypto/rand"
	"net/http"
)

// secretSize is the length of rand.Text: 130 bits in base32.
const secretSize = 26

// browserCookie names the cookie that a run is bound to. With its prefix no other
// host and no page without TLS can plant it (RFC 6265bis 4.1.3.2); browsers take
// the prefix on https only.
func (f *Flow) browserCookie() string {
	if f.Secure {
		return "__Host-acrhost-browser"
	}
	return "acrhost-browser"
}

// browserOf is the secret of the browser that made a request. It says nothing of
// who uses it: that is the session's affair.
func (f *Flow) browserOf(r *http.Request) (string, bool) {
	c, err := r.Cookie(f.browserCookie())
	if err != nil || !isSecret(c.Value) {
		return "", false
	}
	return c.Value, true
}

func newBrowser() string { return rand.Text() }

// bindingCookie is what tells a browser from all others. Its runs in several tabs
// share it. It lives as long as the browser. Lax, because clients send their users
// here from other sites.
func (f *Flow) bindingCookie(secret string) *http.Cookie {
	return &http.Cookie{
		Name:     f.browserCookie(),
		Value:    secret,
		Path:     "/",
		Secure:   f.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

// isSecret says whether s looks like what rand.Text made.
func isSecret(s string) bool { return len(s) == secretSize && isBase32(s) }

func isBase32(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}
