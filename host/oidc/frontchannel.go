package oidc

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// maxFrames is how many clients a page signs out at. The back channel has no such bound.
const maxFrames = 20

// logoutFrames are the pages at which the clients of a session sign the user out in the
// browser (OpenID Connect Front-Channel Logout 1.0, 3), each with the issuer and the
// client's own sid.
func (p *Provider) logoutFrames(ctx context.Context, sso *session.Session) ([]string, error) {
	clients, err := p.Sessions.Parties(ctx, sso.ID)
	if err != nil {
		return nil, err
	}
	var frames []string
	for _, id := range clients {
		c, err := p.client(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && c.FrontchannelLogoutURI == "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(frames) < maxFrames {
			frames = append(frames, withQuery(c.FrontchannelLogoutURI, url.Values{"iss": {p.Issuer}, "sid": {p.sessionFor(c, sso.ID)}}))
		}
	}
	return frames, nil
}

// withQuery adds parameters to an address, behind those that it has.
func withQuery(address string, params url.Values) string {
	switch {
	case len(params) == 0:
		return address
	case strings.Contains(address, "?"):
		return address + "&" + params.Encode()
	}
	return address + "?" + params.Encode()
}
