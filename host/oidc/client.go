package oidc

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"slices"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/token"
)

// How a client proves itself at the token endpoint (OpenID Connect Core 9).
const (
	authNone  = "none"
	authBasic = "client_secret_basic"
	authPost  = "client_secret_post"

	authSecretJWT  = "client_secret_jwt"
	authPrivateKey = "private_key_jwt"
	authTLS        = "tls_client_auth"             // RFC 8705 2.1
	authSelfSigned = "self_signed_tls_client_auth" // RFC 8705 2.2
)

// The grant types (RFC 6749, RFC 8628, RFC 8693).
const (
	grantCode     = "authorization_code"
	grantRefresh  = "refresh_token"
	grantClient   = "client_credentials"
	grantDevice   = "urn:ietf:params:oauth:grant-type:device_code"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"

	grantImplicit = "implicit" // of response types beside code; the token endpoint has nothing for it
)

// strictACR is the acr_policy under which acr_values are a demand.
const strictACR = "strict"

// client is a client with its defaults filled in.
type client struct {
	config.Client
	secret    [sha256.Size]byte // of the secret; only a hash is compared
	hasSecret bool
	keys      *clientkey.Keys // nil: none
	// registered: by itself, and not by the operator.
	registered bool
}

// keysOf are a client's public keys; nil without.
func (p *Provider) keysOf(c *client) *clientkey.Keys {
	switch {
	case c.JWKS != nil:
		set, err := clientkey.Parse(c.JWKS)
		if err != nil {
			return nil // it was checked when it was read: without keys nothing passes
		}
		return clientkey.Fixed(set)
	case c.JWKSURI != "":
		return clientkey.Remote(c.JWKSURI, p.fetcherOf(c), p.Now)
	}
	return nil
}

// fetcherOf gets what a client publishes.
func (p *Provider) fetcherOf(c *client) *clientkey.Fetcher {
	if c.registered {
		return p.FetchForeign
	}
	return p.Fetch
}

// client finds a client by its id, or gives store.ErrNotFound. It is the only way to one.
// Those of the configuration come first: nobody can register in their place.
func (p *Provider) client(ctx context.Context, id string) (*client, error) {
	if c := p.clients[id]; c != nil {
		return c, nil
	}
	return p.storedClient(ctx, id)
}

func newClient(c config.Client) *client {
	method := authNone
	switch {
	case c.Secret != "":
		method = authBasic
	case c.JWKS != nil || c.JWKSURI != "":
		method = authPrivateKey
	}
	c.TokenEndpointAuthMethod = cmp.Or(c.TokenEndpointAuthMethod, method)
	c.Name = cmp.Or(c.Name, c.ID)
	c.IDTokenSignedResponseAlg = cmp.Or(c.IDTokenSignedResponseAlg, token.RS256)
	c.AuthorizationSignedResponseAlg = cmp.Or(c.AuthorizationSignedResponseAlg, token.RS256) // JARM 3
	c.IntrospectionSignedResponseAlg = cmp.Or(c.IntrospectionSignedResponseAlg, token.RS256) // RFC 9701 6
	c.AccessTokenAlg = cmp.Or(c.AccessTokenAlg, token.ES256)
	if c.GrantTypes == nil {
		c.GrantTypes = []string{grantCode, grantRefresh}
	}
	if c.ResponseTypes == nil && slices.Contains(c.GrantTypes, grantCode) {
		c.ResponseTypes = []string{responseTypeCode}
	}
	if c.Scopes == nil {
		c.Scopes = defaultScopes()
	}
	return &client{Client: c, secret: sha256.Sum256([]byte(c.Secret.Reveal())), hasSecret: c.Secret != ""}
}

// public says that the client has nothing to prove itself with (RFC 6749 2.1).
func (c *client) public() bool { return c.TokenEndpointAuthMethod == authNone }

// authMethod is how the client has to prove itself, as readCredentials names it.
func (c *client) authMethod() string {
	switch c.TokenEndpointAuthMethod {
	case authSecretJWT, authPrivateKey:
		return authAssertion
	}
	return c.TokenEndpointAuthMethod
}

// accepts says whether the client may prove itself so: in the one way that it is registered
// for (OpenID Connect Dynamic Client Registration 1.0, section 2), or, with a secret and no way
// named, in both that RFC 6749 2.3.1 has.
func (c *client) accepts(method string) bool {
	return method == c.authMethod() || method == authPost && c.secretInBody()
}

func (c *client) secretInBody() bool { return c.SecretInBody && !c.registered }

// authMethods are all ways in which the client may prove itself.
func (c *client) authMethods() []string {
	if c.secretInBody() {
		return []string{c.TokenEndpointAuthMethod, authPost}
	}
	return []string{c.TokenEndpointAuthMethod}
}

// needsPKCE: RFC 9700 2.1.1 demands it of public clients.
func (c *client) needsPKCE() bool { return c.public() || c.RequirePKCE }

func (c *client) mayUse(grantType string) bool { return slices.Contains(c.GrantTypes, grantType) }

// knows compares a secret in constant time; the hashes make the lengths equal. A
// client without a secret knows none, the empty one neither.
func (c *client) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	equal := subtle.ConstantTimeCompare(sum[:], c.secret[:]) == 1
	return equal && c.hasSecret
}

// lifetimes are how long what the client gets lives: as the client says, or else all. No
// stored client's tokens outlive the keys that signed them, which are kept by the
// configuration.
func (p *Provider) lifetimes(c *client) config.Tokens {
	t := p.Tokens
	t.Access = cmp.Or(c.AccessTokenLifetime, t.Access)
	t.ID = cmp.Or(c.IDTokenLifetime, t.ID)
	if p.LongestSigned > 0 {
		t.Access, t.ID = min(t.Access, p.LongestSigned), min(t.ID, p.LongestSigned)
	}
	t.Refresh = cmp.Or(c.RefreshTokenLifetime, t.Refresh)
	return t
}
