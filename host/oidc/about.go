package oidc

import (
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/relying"
)

// about is what users are shown of a client whose answer goes to a redirect URI; empty: to a
// device. Of one that registered itself, package relying has left what is at a host of its
// redirect URIs, and only what is at the host that gets the answer is shown: to name a bank's
// redirect URI beside one's own proves nothing.
func (c *client) about(to string) page.About {
	a := page.About{Logo: c.LogoURI, Home: c.HomeURI, Policy: c.PolicyURI, Terms: c.TermsURI}
	if c.registered {
		for _, address := range []*string{&a.Logo, &a.Home, &a.Policy, &a.Terms} {
			if !relying.IsAtHome([]string{to}, *address) {
				*address = ""
			}
		}
	}
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
