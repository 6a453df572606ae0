package oidc

import (
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/relying"
)

// about is what users are shown of a client whose answer goes to a redirect URI; empty: to a
// device. Of one that registered itself, a logo is shown only where it is at the host that
// gets the answer: a picture says by itself whose it is, and to name a bank's redirect URI
// beside one's own proves nothing. Its links are shown wherever they lead, with the host
// beside each of them (OpenID Connect Dynamic Client Registration 1.0 sections 2 and 9.1);
// but not where no host gets the answer, so that nothing would stand against theirs.
func (c *client) about(to string) page.About {
	a := page.About{Logo: c.LogoURI, Home: c.HomeURI, Policy: c.PolicyURI, Terms: c.TermsURI}
	switch {
	case !c.registered:
		return a
	case relying.WebHost(to) == "":
		return page.About{}
	case !relying.IsAtHome([]string{to}, a.Logo):
		a.Logo = ""
	}
	a.Unchecked = true
	return a
}

// called is a client's name as users see it. Of one that registered itself, who gets the
// answer stands behind it: the name is its own invention, and could be the bank's (RFC 7591
// 5).
func (c *client) called(to string) string {
	switch host := relying.WebHost(to); {
	case !c.registered:
		return c.Name
	case host != "":
		return c.Name + " (" + host + ")"
	}
	return c.Name + " (not known here)"
}
