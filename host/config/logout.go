package config

import (
	"net/url"
	"strings"
)

// logout reads how a client is told that a user has signed out. Both specifications know a
// member <channel>_logout_session_required: iss, sub and sid are always sent, so that it
// changes nothing.
func (r *reader) logout(t *table, c *Client) {
	t.checked("backchannel_logout_uri", &c.BackchannelLogoutURI, checkLogoutURI)
	t.checked("frontchannel_logout_uri", &c.FrontchannelLogoutURI, checkLogoutURI)
	var required bool
	t.flag("backchannel_logout_session_required", &required)
	t.flag("frontchannel_logout_session_required", &required)
	if c.FrontchannelLogoutURI != "" && !sharesOrigin(c.FrontchannelLogoutURI, c.RedirectURIs) {
		r.fault(t.pos("frontchannel_logout_uri"), "use the scheme, host and port of one of its redirect_uris", "frontchannel_logout_uri in %s is of another origin than its redirect_uris", t.name)
	}
}

// checkLogoutURI: an absolute URI without a fragment (Back-Channel Logout 1.0, 2.2), which
// stands in a Content-Security-Policy too.
func checkLogoutURI(s string) *flaw {
	if strings.Contains(s, "#") {
		return &flaw{quoted(s) + " has a fragment", "remove what stands behind the #"}
	}
	if strings.ContainsAny(s, " ;,'\"\n\t") {
		return &flaw{quoted(s) + " has a character that stands for itself in no header", "write it as %XX"}
	}
	return checkDocument(s)
}

// sharesOrigin: Front-Channel Logout 1.0, 2 wants domain, port and scheme of a redirect URI.
func sharesOrigin(uri string, redirects []string) bool {
	u, err := url.Parse(uri)
	if err != nil {
		return true // it was said already
	}
	for _, redirect := range redirects {
		if other, err := url.Parse(redirect); err == nil && other.Scheme == u.Scheme && other.Host == u.Host {
			return true
		}
	}
	return false
}
