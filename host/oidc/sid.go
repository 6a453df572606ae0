package oidc

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/session"
)

// sessionFor is the sid of a session as a client sees it (OpenID Connect Front-Channel
// Logout 1.0, 3). Each client has its own: two of them can't find out by it that a user is
// the same. Empty without a session.
func (p *Provider) sessionFor(c *client, sessionID string) string {
	if sessionID == "" {
		return ""
	}
	mac := hmac.New(sha256.New, p.PairwiseSalt)
	mac.Write([]byte("sid\x00" + c.ID + "\x00" + sessionID))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// join remembers a client that wants to know when the session ends.
func (p *Provider) join(ctx context.Context, c *client, f login.Finished) error {
	if f.SessionID == "" || c.BackchannelLogoutURI == "" && c.FrontchannelLogoutURI == "" {
		return nil
	}
	return p.Sessions.Join(ctx, f.SessionID, session.Party{Client: c.ID, Registered: c.registered})
}
