package config

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// The grant types that are named in more than one place. Those of extensions have long
// names (RFC 8628 3.4, RFC 8693 2.1).
const (
	grantDevice   = "urn:ietf:params:oauth:grant-type:device_code"
	grantClient   = "client_credentials"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// grantTypes reads by what a client gets tokens.
func (r *reader) grantTypes(t *table, c *Client) {
	// Those with which a client gets its first tokens.
	first := []string{"authorization_code", grantDevice, grantClient, grantExchange}
	known := append([]string{"refresh_token", grantImplicit}, first...)
	t.texts("grant_types", &c.GrantTypes)
	for _, g := range c.GrantTypes {
		if !slices.Contains(known, g) {
			r.fault(t.pos("grant_types"), nearest.Hint(g, known), "grant_types in %s holds %s, which acrhost does not have", t.name, quoted(g))
		}
	}
	if !slices.ContainsFunc(c.GrantTypes, func(g string) bool { return g == grantImplicit || slices.Contains(first, g) }) {
		r.fault(t.pos("grant_types"), "a client gets its first tokens with one of "+strings.Join(first, ", "), "grant_types in %s gives the client no tokens", t.name)
	}
	for _, g := range []string{grantClient, grantExchange} {
		// RFC 6749 4.4: whoever knows a public client's id could be it.
		if slices.Contains(c.GrantTypes, g) && c.TokenEndpointAuthMethod == "none" {
			r.fault(t.pos("grant_types"), "add secret, or another way to authenticate", "grant_types in %s holds %s, which a public client must not use", t.name, g)
		}
	}
	r.exchangeAudiences(t, c)
}

func (r *reader) exchangeAudiences(t *table, c *Client) {
	t.texts("token_exchange_audiences", &c.ExchangeAudiences)
	if len(c.ExchangeAudiences) > 0 && !slices.Contains(c.GrantTypes, grantExchange) {
		r.fault(t.pos("token_exchange_audiences"), "add "+quoted(grantExchange)+" to grant_types", "token_exchange_audiences in %s is for a client that exchanges tokens", t.name)
	}
	if slices.Contains(c.ExchangeAudiences, "") {
		r.fault(t.pos("token_exchange_audiences"), `token_exchange_audiences = ["https://api.example.com"]`, "token_exchange_audiences in %s holds an empty name", t.name)
	}
}
