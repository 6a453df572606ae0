package config

import (
	"time"

	"github.com/acrhost/acrhost/host/clientcert"
	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/decrypt"
	"github.com/acrhost/acrhost/host/journey"
)

// Client is a relying party.
type Client struct {
	ID   string
	Name string
	// Secret is a confidential client's; empty: a public client.
	Secret                  Secret
	TokenEndpointAuthMethod string // none, client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt; default by Secret and keys
	// SecretInBody: the method is client_secret_basic because none was named, so that the
	// secret may come as client_secret_post has it, too (RFC 6749 2.3.1).
	SecretInBody bool
	// TokenEndpointAuthSigningAlg is the one algorithm of the client's assertions; empty:
	// HS256 for client_secret_jwt, any of clientkey.Algs for private_key_jwt.
	TokenEndpointAuthSigningAlg string
	// JWKS are the client's public keys, checked; nil without. JWKSURI is where they are
	// looked up instead.
	JWKS    []byte
	JWKSURI string
	// RequirePushedAuthorizationRequests refuses requests that were not pushed (RFC 9126 6).
	RequirePushedAuthorizationRequests bool
	// RequestObjectSigningAlg is the one algorithm of request objects; empty: any of
	// clientkey.Algs, for a client with keys.
	RequestObjectSigningAlg    string
	RequireSignedRequestObject bool // RFC 9101 10.5
	// RequestObjectEncryption is how the client encrypts its request objects, where it does;
	// the zero value: in any way that the provider has a key for.
	RequestObjectEncryption decrypt.Expect
	// RequestURIs are the addresses from which request objects are fetched.
	RequestURIs []string
	// AuthorizationSignedResponseAlg signs answers in the response modes of JARM: RS256
	// (default), PS256, ES256 or EdDSA.
	AuthorizationSignedResponseAlg string
	// AuthorizationEncryption is how those answers are encrypted once they are signed (JARM
	// 3); the zero value: not at all.
	AuthorizationEncryption clientkey.Encryption
	// Introspects are the audiences whose access tokens the client may introspect as their
	// resource server, beside its own tokens; "*": all (RFC 7662 4).
	Introspects []string
	// IntrospectionSignedResponseAlg signs what the introspection endpoint answers where the
	// client asks for a JWT (RFC 9701 6): RS256 (default), PS256, ES256 or EdDSA.
	IntrospectionSignedResponseAlg string
	IntrospectionEncryption        clientkey.Encryption
	// Resources are the resource servers that the client may ask tokens for (RFC 8707).
	Resources []string
	// AuthorizationDetailsTypes are the types that the client may ask for (RFC 9396 2).
	AuthorizationDetailsTypes []string
	RedirectURIs              []string
	// PostLogoutRedirectURIs are where a browser may go after a logout that the client
	// asked for (OpenID Connect RP-Initiated Logout 1.0 section 3.1).
	PostLogoutRedirectURIs []string
	// BackchannelLogoutURI is where the client is told that a user has signed out; empty:
	// nowhere (OpenID Connect Back-Channel Logout 1.0, 2.2).
	BackchannelLogoutURI string
	// FrontchannelLogoutURI is a page of the client's that signs the user out, shown in a
	// frame; empty: none (OpenID Connect Front-Channel Logout 1.0, 2).
	FrontchannelLogoutURI string
	GrantTypes            []string // default authorization_code, refresh_token
	// ResponseTypes are what the client may ask for, with their words in order; nil: code, where
	// GrantTypes has authorization_code.
	ResponseTypes []string
	Scopes        []string // allowed; default openid profile email address phone offline_access
	Journey       string
	JourneyByACR  map[string]string
	// ACRPolicy is advisory (default) or strict, see RFC 9470 section 5.
	ACRPolicy        string
	DefaultACRValues []string
	// AllowedACR are patterns of the values with which a login may end for this client;
	// nil: any, and none at all.
	AllowedACR []string
	// Minimum is the weakest value of ACR.Order with which a login may end for this
	// client; empty: any, and none at all.
	Minimum string
	// DefaultMaxAge is the max_age of requests that have none (OpenID Connect Dynamic
	// Client Registration 1.0 section 2); 0: no limit.
	DefaultMaxAge            time.Duration
	IDTokenSignedResponseAlg string // RS256 (default), PS256, ES256 or EdDSA
	// SubjectType is public, which empty means too, or pairwise (OpenID Connect Core 8).
	SubjectType string
	// SectorIdentifierURI is where the redirect URIs of a sector stand; empty: the sector
	// is the host of the redirect URIs.
	SectorIdentifierURI string
	// IDTokenEncryption is how ID tokens and logout tokens are encrypted for the client;
	// the zero value: not at all.
	IDTokenEncryption clientkey.Encryption
	// UserinfoSignedResponseAlg signs what userinfo answers; empty: it is plain JSON.
	UserinfoSignedResponseAlg string
	UserinfoEncryption        clientkey.Encryption
	AccessTokenAlg            string // ES256 (default), RS256, PS256 or EdDSA
	RequirePKCE               bool   // public clients always need it
	// ExchangeAudiences are the audiences for which the client may exchange tokens (RFC
	// 8693), beside the provider itself.
	ExchangeAudiences []string
	// Certificate is how a client with tls_client_auth names its certificate.
	Certificate clientcert.Name
	// CertificateBoundAccessTokens says that tokens are bound to the certificate that the
	// client shows, and that it gets none without (RFC 8705 3.4).
	CertificateBoundAccessTokens bool
	// DPoPBoundAccessTokens says that the client gets no tokens without a DPoP proof (RFC
	// 9449 5.2).
	DPoPBoundAccessTokens bool
	// AccessTokenLifetime, IDTokenLifetime and RefreshTokenLifetime are the client's own;
	// 0: those of Tokens.
	AccessTokenLifetime, IDTokenLifetime, RefreshTokenLifetime time.Duration
	// LogoURI, PolicyURI, TermsURI and HomeURI are for users to see; InitiateLoginURI is
	// where others may have a login begin (OpenID Connect Core 4). Nothing is fetched there.
	LogoURI, PolicyURI, TermsURI, HomeURI, InitiateLoginURI string
	// SkipConsent says that the client is the operator's own: its users are not asked for
	// consent, but where the client wants them to be.
	SkipConsent bool
	// Profile is FAPI2 for a client that is held to it; empty: none.
	Profile string
	Pos     journey.Pos
}

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
