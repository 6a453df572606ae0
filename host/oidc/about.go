package oidc

import (
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/page"
)

// about is what users are shown of a client. The operator has looked at what stands in the
// configuration or was added; of one that registered itself, only what is at a host where
// it gets its answers is shown. Otherwise anybody could show a bank's logo, with links to
// the bank (OpenID Connect Dynamic Registration 1.0 section 9.1, RFC 7591 5).
func (c *client) about() page.About {
	a := page.About{Logo: c.LogoURI, Home: c.HomeURI, Policy: c.PolicyURI, Terms: c.TermsURI}
	if c.registered {
		for _, address := range []*string{&a.Logo, &a.Home, &a.Policy, &a.Terms} {
			if !c.isAtHome(*address) {
				*address = ""
			}
		}
	}
	return a
}

// isAtHome says whether an address is at the host of a redirect URI.
func (c *client) isAtHome(address string) bool {
	host := webHost(address)
	return host != "" && slices.ContainsFunc(c.RedirectURIs, func(uri string) bool { return webHost(uri) == host })
}

// webHost is the host, with its port, of an https address; empty for any other.
func webHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	return strings.ToLower(u.Host)
}
