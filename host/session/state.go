package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// StateCookie is the name of the cookie that shows scripts of this origin whether the
// session is still the same (OpenID Connect Session Management 1.0, 3.2). It says nothing
// else, and opens nothing. The prefix is cookieName's: with it no other host of the domain
// can plant one and have clients believe that the session goes on. It asks for neither
// HttpOnly nor SameSite, which this cookie can't have.
func (s *Store) StateCookie() string {
	if s.Secure {
		return "__Host-acrhost-state"
	}
	return "acrhost-state"
}

// State is what that cookie holds for a session: a MAC, so that no client can tell it from
// the sid. Empty without StateKey, or for no session.
func (s *Store) State(sessionID string) string {
	if len(s.StateKey) == 0 || sessionID == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.StateKey)
	mac.Write([]byte("browser state\x00" + sessionID))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// ShowState is the cookie for a session that begins or goes on; nil when there is none.
func (s *Store) ShowState(sessionID string) *http.Cookie {
	state := s.State(sessionID)
	if state == "" {
		return nil
	}
	return s.stateCookie(state, 0)
}

// stateCookie goes to frames in pages of other sites, which takes SameSite=None, and a
// script reads it. Browsers take Secure from localhost too, but not the prefix.
func (s *Store) stateCookie(state string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: s.StateCookie(), Value: state, Path: "/", MaxAge: maxAge, Secure: true, SameSite: http.SameSiteNoneMode}
}
