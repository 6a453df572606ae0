package session

import (
	"net/http"
)

// maxSecret bounds what is taken from a cookie and hashed.
const maxSecret = 64

// cookieName has the prefix that stops another host of the same domain, and a page
// without TLS, from planting a session (RFC 6265bis 4.1.3.2). Browsers take the
// prefix on https only.
func (s *Store) cookieName() string {
	if s.Secure {
		return "__Host-acrhost-session"
	}
	return "acrhost-session"
}

// cookie is the only maker of the session's cookie. It lives as long as the
// browser; how long the session counts is the store's affair. Lax, because
// clients send their users here from other sites.
func (s *Store) cookie(secret string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     s.cookieName(),
		Value:    secret,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   s.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

func (s *Store) secret(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.cookieName())
	if err != nil || c.Value == "" || len(c.Value) > maxSecret {
		return "", false
	}
	return c.Value, true
}
