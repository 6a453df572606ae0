package oidc

import (
	"context"
	"net/url"
	"strings"

	"github.com/acrhost/acrhost/host/session"
)

// maxFrames is how many clients a page signs out at. The back channel has no such bound.
const maxFrames = 20

// logoutFrames are the pages at which the clients of a session sign the user out in the
// browser (OpenID Connect Front-Channel Logout 1.0, 3), each with the issuer and the
// client's own sid. Those that registered themselves come last: many of them, through which
// somebody led the browser, can't crowd the others out.
func (p *Provider) logoutFrames(ctx context.Context, sso *session.Session) ([]string, error) {
	parties, err := p.Sessions.Parties(ctx, sso.ID)
	if err != nil {
		return nil, err
	}
	var frames, strangers []string
	for _, party := range parties {
		c, err := p.client(ctx, party.Client)
		if noClient(err) || err == nil && c.FrontchannelLogoutURI == "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		frame := withQuery(c.FrontchannelLogoutURI, url.Values{"iss": {p.Issuer}, "sid": {p.sessionFor(c, sso.ID)}})
		if c.registered {
			strangers = append(strangers, frame)
		} else {
			frames = append(frames, frame)
		}
	}
	frames = append(frames, strangers...)
	return frames[:min(len(frames), maxFrames)], nil
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
