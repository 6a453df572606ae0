package oidc

import (
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/page"
)

// about is what users are shown of a client whose answer goes to a redirect URI; empty: to a
// device. The operator has looked at what stands in the configuration or was added; of a
// client that registered itself, only what is at the host that gets the answer is shown.
// Otherwise anybody could show a bank's logo, with links to the bank (OpenID Connect Dynamic
// Registration 1.0 section 9.1, RFC 7591 5). Another of its redirect URIs does not do: to
// name one proves nothing.
func (c *client) about(to string) page.About {
	a := page.About{Logo: c.LogoURI, Home: c.HomeURI, Policy: c.PolicyURI, Terms: c.TermsURI}
	if c.registered {
		for _, address := range []*string{&a.Logo, &a.Home, &a.Policy, &a.Terms} {
			if !isAtHome(*address, []string{to}) {
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
	switch host := webHost(to); {
	case !c.registered:
		return c.Name
	case host != "":
		return c.Name + " (" + host + ")"
	}
	return c.Name + " (not known here)"
}

// isAtHome says whether an address is https at the host of one of the redirect URIs.
func isAtHome(address string, redirects []string) bool {
	host := webHost(address)
	return host != "" && slices.ContainsFunc(redirects, func(uri string) bool { return webHost(uri) == host })
}

// webHost is the host, with its port, of an https address; empty for any other.
func webHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	return strings.ToLower(u.Host)
}
