package config

import (
	"slices"
	"time"
)

// FAPI2 is the profile of the FAPI 2.0 Security Profile, for a client or for all.
const FAPI2 = "fapi2"

// fapiCode is how long a code may live (FAPI 2.0 Security Profile 5.3.2.1).
const fapiCode = 60 * time.Second

// FAPIAlgs are the algorithms of everything that is signed (FAPI 2.0 Security Profile 5.4.1).
func FAPIAlgs() []string { return []string{"PS256", "ES256", "EdDSA", "Ed25519"} }

// profile holds a client to the profile that it, or the whole provider, has. It switches on
// what the profile demands, and refuses what it forbids; a client can't be less strict than
// its provider. It stands behind all other settings of the client.
func (r *reader) profile(t *table, cfg *Config, c *Client) {
	c.Profile = cfg.Profile
	t.oneOf("profile", &c.Profile, FAPI2)
	if c.Profile != FAPI2 {
		return
	}
	r.fapiAuth(t, c)
	r.fapiAlgs(t, c)
	r.fapiResponseTypes(t, c)
	r.demand(t, "require_pushed_authorization_requests", &c.RequirePushedAuthorizationRequests)
	r.demand(t, "require_pkce", &c.RequirePKCE)
	if !c.CertificateBoundAccessTokens {
		r.demand(t, "dpop_bound_access_tokens", &c.DPoPBoundAccessTokens)
	}
	for _, uri := range c.RedirectURIs {
		if !secureOrLoopbackURI(uri) {
			r.fault(t.pos("redirect_uris"), "https, or http to a loopback address", "redirect_uris in %s holds %s, which FAPI 2.0 forbids", t.name, quoted(uri))
		}
	}
	if cfg.Tokens.Code > fapiCode {
		r.fault(t.pos("profile"), `code = "60s" in [tokens]`, "%s is held to FAPI 2.0, whose codes live for 60s at most; those of [tokens] live for %s", t.name, cfg.Tokens.Code)
	}
}

// demand switches on what the profile wants, unless the configuration says that it is off.
func (r *reader) demand(t *table, key string, to *bool) {
	if t.has(key) && !*to {
		r.fault(t.pos(key), "remove it", "%s in %s is off, and FAPI 2.0 demands it", key, t.name)
	}
	*to = true
}

// fapiAuth: a client proves itself by a key (FAPI 2.0 Security Profile 5.3.2.1).
func (r *reader) fapiAuth(t *table, c *Client) {
	if !slices.Contains([]string{"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"}, c.TokenEndpointAuthMethod) {
		pos := t.pos("token_endpoint_auth_method")
		r.fault(pos, "private_key_jwt, tls_client_auth or self_signed_tls_client_auth", "%s is held to FAPI 2.0, which does not let it authenticate by %s", t.name, c.TokenEndpointAuthMethod)
	}
}

// fapiAlgs refuses weaker algorithms where one is named, and replaces the defaults.
func (r *reader) fapiAlgs(t *table, c *Client) {
	for _, key := range []string{
		"id_token_signed_response_alg", "access_token_alg", "authorization_signed_response_alg", "userinfo_signed_response_alg",
		"introspection_signed_response_alg", "token_endpoint_auth_signing_alg", "request_object_signing_alg",
	} {
		n, ok := t.members()[key]
		if !ok {
			continue
		}
		if alg, ok := n.value.(string); ok && !slices.Contains(FAPIAlgs(), alg) {
			r.fault(n.pos, "PS256, ES256 or EdDSA", "%s in %s is %s, which FAPI 2.0 forbids", key, t.name, quoted(alg))
		}
	}
	for key, to := range map[string]*string{
		"id_token_signed_response_alg": &c.IDTokenSignedResponseAlg, "access_token_alg": &c.AccessTokenAlg, "authorization_signed_response_alg": &c.AuthorizationSignedResponseAlg,
		"introspection_signed_response_alg": &c.IntrospectionSignedResponseAlg,
	} {
		if !t.has(key) {
			*to = "ES256"
		}
	}
}
