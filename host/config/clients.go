package config

import "github.com/acrhost/acrhost/host/journey"

// minSecret is the least length of a client's secret, in bytes. RFC 6749 10.10
// wants tokens that can't be guessed; a secret of 16 random characters can't.
const minSecret = 16

// minMACSecret is the least length of a secret that makes HS256 signatures, in bytes
// (RFC 7518 3.2): whoever sees one signature can try secrets at home.
const minMACSecret = 32

// clients reads the relying parties.
func (r *reader) clients(t *table, c *Config) {
	seen := map[string]journey.Pos{}
	for _, t := range t.list("clients") {
		client := r.client(t, c)
		if first, ok := seen[client.ID]; ok && client.ID != "" {
			r.fault(t.pos("id"), "ids are unique", "the client %s is defined here and at %s", quoted(client.ID), first)
			continue
		}
		seen[client.ID] = t.pos("id")
		r.clientRoutes(t, c, client)
		r.minimum(t, c.ACR.Order, client)
		c.Clients = append(c.Clients, client)
	}
}

func (r *reader) client(t *table, cfg *Config) Client {
	defer t.close()
	c := Client{
		Pos:                      t.node.pos,
		GrantTypes:               []string{"authorization_code", "refresh_token"},
		Scopes:                   []string{"openid", "profile", "email", "address", "phone", "offline_access"},
		ACRPolicy:                "advisory",
		IDTokenSignedResponseAlg: "RS256",
		AccessTokenAlg:           "ES256",
	}
	t.require("", "id")
	t.checked("id", &c.ID, checkClientID)
	c.Name = c.ID
	r.pages(t, &c)
	r.lifetimes(t, &c)
	t.texts("post_logout_redirect_uris", &c.PostLogoutRedirectURIs)
	r.rules(t, "post_logout_redirect_uris", c.PostLogoutRedirectURIs, checkRedirectURI)
	r.clientAuth(t, &c)
	r.clientKeys(t, &c)
	r.requestObjects(t, cfg.Keys, &c)
	r.resources(t, &c)
	r.grantTypes(t, &c)
	r.responseTypes(t, cfg, &c)
	r.redirectURIs(t, &c)
	r.certificateAuth(t, cfg, &c)
	r.subjects(t, &c)
	r.logout(t, &c)
	t.flag("dpop_bound_access_tokens", &c.DPoPBoundAccessTokens)
	r.boundTokens(t, &c)
	t.texts("scopes", &c.Scopes)
	r.rules(t, "scopes", c.Scopes, checkScope)
	t.text("journey", &c.Journey)
	t.textMap("journey_by_acr", &c.JourneyByACR)
	t.oneOf("acr_policy", &c.ACRPolicy, "advisory", "strict")
	t.texts("default_acr_values", &c.DefaultACRValues)
	r.rules(t, "default_acr_values", c.DefaultACRValues, checkACR)
	t.texts("allowed_acr", &c.AllowedACR)
	r.rules(t, "allowed_acr", c.AllowedACR, checkACR)
	t.text("minimum", &c.Minimum)
	t.duration("default_max_age", &c.DefaultMaxAge)
	t.oneOf("id_token_signed_response_alg", &c.IDTokenSignedResponseAlg, signingAlgs()...)
	t.oneOf("userinfo_signed_response_alg", &c.UserinfoSignedResponseAlg, signingAlgs()...)
	r.encryption(t, &c, "id_token", &c.IDTokenEncryption)
	r.encryption(t, &c, "userinfo", &c.UserinfoEncryption)
	r.encryption(t, &c, "authorization", &c.AuthorizationEncryption)
	r.introspection(t, &c)
	t.oneOf("access_token_alg", &c.AccessTokenAlg, signingAlgs()...)
	r.profile(t, cfg, &c)
	return c
}

// rules checks every element of a list, each at its own line.
func (r *reader) rules(t *table, key string, list []string, check func(string) *flaw) {
	n, ok := t.members()[key]
	if !ok {
		return
	}
	items, _ := n.value.([]*node)
	for i, s := range list {
		if i < len(items) {
			r.rule(items[i].pos, key+":", check(s))
		}
	}
}

func (r *reader) redirectURIs(t *table, c *Client) {
	const hint = `redirect_uris = ["https://app.example.com/callback"]`
	if len(c.ResponseTypes) > 0 {
		t.require(hint, "redirect_uris")
	}
	t.texts("redirect_uris", &c.RedirectURIs)
	if c.RedirectURIs != nil && len(c.RedirectURIs) == 0 {
		r.fault(t.pos("redirect_uris"), hint, "redirect_uris in %s is empty", t.name)
	}
	r.rules(t, "redirect_uris", c.RedirectURIs, checkRedirectURI)
}

// clientAuth reads how a client proves itself: by a secret, by a key, or not at all. A
// public client has neither and must use PKCE (RFC 9700 2.1.1).
func (r *reader) clientAuth(t *table, c *Client) {
	t.secret("secret", &c.Secret)
	hasSecret, hasKeys := t.hasSecret("secret"), t.has("jwks") || t.has("jwks_file") || t.has("jwks_uri")
	method := "none"
	switch {
	case hasSecret:
		method = "client_secret_basic"
	case hasKeys:
		method = "private_key_jwt"
	}
	t.oneOf("token_endpoint_auth_method", &method, "none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
	c.TokenEndpointAuthMethod = method
	c.SecretInBody = hasSecret && !t.has("token_endpoint_auth_method")
	public := method == "none"
	switch {
	case !hasSecret && usesSecret(method):
		r.fault(t.pos("token_endpoint_auth_method"), "add secret, or use none for a public client", "%s uses %s but has no secret", t.name, method)
	case hasSecret && !usesSecret(method):
		r.fault(t.pos("token_endpoint_auth_method"), "remove the secret, or name a method that takes one", "%s has a secret but does not use it", t.name)
	case hasSecret && c.Secret != "" && len(c.Secret) < minSecret, t.has("secret") && c.Secret == "" && isText(t, "secret"):
		r.fault(t.pos("secret"), "openssl rand -hex 32 prints a good one", "secret in %s is too short, at least %d characters are needed", t.name, minSecret)
	case method == "client_secret_jwt" && c.Secret != "" && len(c.Secret) < minMACSecret:
		r.fault(t.pos("secret"), "openssl rand -hex 32 prints a good one", "secret in %s is too short for client_secret_jwt, at least %d characters are needed", t.name, minMACSecret)
	case (method == "private_key_jwt" || method == "self_signed_tls_client_auth") && !hasKeys:
		r.fault(t.pos("token_endpoint_auth_method"), "add jwks, jwks_file or jwks_uri", "%s uses %s but has no keys", t.name, method)
	}
	c.RequirePKCE = public
	t.flag("require_pkce", &c.RequirePKCE)
	if public && !c.RequirePKCE {
		r.fault(t.pos("require_pkce"), "remove it", "%s is a public client, which always needs PKCE", t.name)
	}
}

func isText(t *table, key string) bool {
	_, ok := t.members()[key].value.(string)
	return ok
}
