package oidc

import "github.com/acrhost/acrhost/host/page"

// about is what users are shown of a client. Of one that registered itself, package relying
// has left what is at its own hosts.
func (c *client) about() page.About {
	return page.About{Logo: c.LogoURI, Home: c.HomeURI, Policy: c.PolicyURI, Terms: c.TermsURI}
}
