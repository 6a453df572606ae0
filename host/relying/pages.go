package relying

import (
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// showOwnPages keeps, of what a client names for users to see and to open, what is at a host
// where it gets its answers. It is for clients that registered themselves: the operator has
// looked at what stands in the configuration or was added. Otherwise anybody could show a
// bank's logo, or have users begin at the bank (OpenID Connect Dynamic Registration 1.0
// section 9.1, RFC 7591 5). Its links may lead elsewhere: who shows them says where, see
// ownLinks. What was registered is still told to the client.
func showOwnPages(c *config.Client) { keepOwn(c, &c.LogoURI, &c.InitiateLoginURI) }

// ownLinks takes the links away that lead elsewhere, for who does not say where.
func ownLinks(c *config.Client) { keepOwn(c, &c.HomeURI, &c.PolicyURI, &c.TermsURI) }

func keepOwn(c *config.Client, addresses ...*string) {
	for _, address := range addresses {
		if !IsAtHome(c.RedirectURIs, *address) {
			*address = ""
		}
	}
}

// IsAtHome says whether an address is https at the host of one of the redirect URIs.
func IsAtHome(redirectURIs []string, address string) bool {
	host := WebHost(address)
	return host != "" && slices.ContainsFunc(redirectURIs, func(uri string) bool { return WebHost(uri) == host })
}

// WebHost is the host, with its port, of an https address; empty for any other.
func WebHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	return strings.ToLower(u.Host)
}
