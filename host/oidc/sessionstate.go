package oidc

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// sessionState is by what a client's page recognises the session later (OpenID Connect
// Session Management 1.0, 2 and 3.2): a hash of client, origin, the browser's state and a
// salt. Empty when session management is off, or there is no session.
func (p *Provider) sessionState(c *client, redirectURI, sessionID string) string {
	state := p.Sessions.State(sessionID)
	if state == "" {
		return ""
	}
	salt := random(32)
	sum := sha256.Sum256([]byte(c.ID + " " + origin(redirectURI) + " " + state + " " + salt))
	return hex.EncodeToString(sum[:]) + "." + salt
}

// checkSession is check_session_iframe.
func (p *Provider) checkSession(w http.ResponseWriter, _ *http.Request) {
	p.Pages.CheckSession(w, p.Sessions.StateCookie())
}

// managesSessions says whether clients' pages can ask.
func (p *Provider) managesSessions() bool { return p.Sessions != nil && len(p.Sessions.StateKey) > 0 }
