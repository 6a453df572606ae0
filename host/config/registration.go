package config

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/journey/nearest"
)

// Registration says which clients may register themselves (RFC 7591), and as what. The
// zero value: none.
type Registration struct {
	On bool
	// InsecureOpen lets anybody register; otherwise it takes an initial access token,
	// which acrhost client token prints.
	InsecureOpen bool
	// Scopes, GrantTypes and AuthMethods are what a client may register for. Without its
	// asking it gets all scopes.
	Scopes, GrantTypes, AuthMethods []string
	// ResponseTypes are those beside code that a client may register for; none unless
	// GrantTypes holds implicit.
	ResponseTypes []string
	// RedirectSchemes are kinds of redirect URIs: https, loopback and private-use.
	RedirectSchemes []string
	// RedirectHosts are the hosts of https redirect URIs; a leading *. stands for any
	// number of labels. nil: any.
	RedirectHosts []string
	// MaxClients is how many clients may be registered at once.
	MaxClients int
	// PerMinute is how often one address may ask to register.
	PerMinute int
	// Client are settings that every registered client has, whatever it says: members of a
	// [[clients]] table, as JSON has them.
	Client map[string]any
	// Software is who signs software statements (RFC 7591 2.3); the zero value: none is
	// taken.
	Software Software
}

// Software is an authority for software statements.
type Software struct {
	Issuer string
	JWKS   []byte // its public keys, checked
	// Required refuses whoever has no statement.
	Required bool
}

// The kinds of redirect URIs.
const (
	RedirectHTTPS    = "https"
	RedirectLoopback = "loopback"    // http to this machine (RFC 8252 7.3)
	RedirectPrivate  = "private-use" // an app's own scheme (RFC 8252 7.1)
)

// defaultMaxClients is how many may register when nobody says it.
const defaultMaxClients = 1000

// registration reads who may register. It stands behind everything that a client's
// settings may name.
func (r *reader) registration(t *table, c *Config) {
	if t = t.sub("registration"); t == nil {
		return
	}
	defer t.close()
	to := &c.Registration
	*to = Registration{
		On: true, MaxClients: defaultMaxClients, PerMinute: 10,
		Scopes:          []string{"openid", "profile", "email", "address", "phone", "offline_access"},
		GrantTypes:      []string{"authorization_code", "refresh_token"},
		AuthMethods:     []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"},
		RedirectSchemes: []string{RedirectHTTPS, RedirectLoopback, RedirectPrivate},
	}
	if c.Profile == FAPI2 {
		to.AuthMethods, to.RedirectSchemes = []string{"private_key_jwt"}, []string{RedirectHTTPS, RedirectLoopback}
	}
	t.flag("insecure_open", &to.InsecureOpen)
	t.texts("scopes", &to.Scopes)
	r.rules(t, "scopes", to.Scopes, checkScope)
	r.someOf(t, "grant_types", &to.GrantTypes, "authorization_code", "refresh_token", grantDevice, grantClient, grantImplicit)
	if slices.Contains(to.GrantTypes, grantImplicit) {
		to.ResponseTypes = c.InsecureResponseTypes
		if len(to.ResponseTypes) == 0 {
			r.fault(t.pos("grant_types"), implicitHint, "grant_types in %s holds %s, whose response types are off", t.name, quoted(grantImplicit))
		}
	}
	r.someOf(t, "auth_methods", &to.AuthMethods, "client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none")
	r.someOf(t, "redirect_schemes", &to.RedirectSchemes, RedirectHTTPS, RedirectLoopback, RedirectPrivate)
	t.texts("redirect_hosts", &to.RedirectHosts)
	r.rules(t, "redirect_hosts", to.RedirectHosts, checkHostPattern)
	whole(t, "per_minute", &to.PerMinute, 1, 100_000)
	whole(t, "max_clients", &to.MaxClients, 1, math.MaxInt32)
	r.software(t, &to.Software)
	r.registered(t, c)
}

// someOf reads a list of which each element must be one of a few.
func (r *reader) someOf(t *table, key string, to *[]string, allowed ...string) {
	t.texts(key, to)
	for _, s := range *to {
		if !slices.Contains(allowed, s) {
			r.fault(t.pos(key), nearest.Hint(s, allowed), "%s in %s holds %s, expected some of: %s", key, t.name, quoted(s), strings.Join(allowed, ", "))
		}
	}
	if len(*to) == 0 {
		r.fault(t.pos(key), "remove it for the default, or the table for no registration", "%s in %s is empty: nobody could register", key, t.name)
	}
}

// registered reads the settings of registered clients, and holds them to the rules that
// such a client will be held to.
func (r *reader) registered(t *table, c *Config) {
	members := map[string]*node{}
	given := t.sub("client")
	if given != nil {
		c.Registration.Client, _ = given.node.plain(r).(map[string]any)
		maps.Copy(members, given.members())
	} else {
		given = t
	}
	for _, key := range []string{"id", "secret", "secret_env", "token_endpoint_auth_method", "redirect_uris", "grant_types", "response_types", "scopes", "jwks", "jwks_file", "jwks_uri"} {
		if n, ok := members[key]; ok {
			r.fault(n.pos, "[registration] says what clients may choose", "%s in %s can't be the same for all clients", key, given.name)
			return
		}
	}
	one := func(value any) *node { return &node{given.node.pos, value} }
	members["id"] = one("registered")
	members["token_endpoint_auth_method"] = one("private_key_jwt") // which every profile allows
	members["jwks_uri"] = one("https://app.example.com/jwks")
	members["redirect_uris"] = one([]*node{one("https://app.example.com/cb")})
	trial := r.table(&node{given.node.pos, members}, given.name)
	client := r.client(trial, c)
	r.clientRoutes(trial, c, client)
	r.minimum(trial, c.ACR.Order, client)
	if client.SkipConsent && c.Registration.InsecureOpen {
		r.fault(trial.pos("skip_consent"), "remove it, or insecure_open: then a token of yours says whose application it is", "skip_consent in %s: anybody can register, and would get what users have not allowed", given.name)
	}
}

// software reads whose software statements are taken.
func (r *reader) software(t *table, s *Software) {
	if t = t.sub("software_statements"); t == nil {
		return
	}
	defer t.close()
	t.require(`issuer = "https://directory.example.com", jwks_file = "directory.jwks"`, "issuer", "jwks_file")
	t.text("issuer", &s.Issuer)
	t.flag("required", &s.Required)
	var path string
	t.path("jwks_file", &path)
	if path == "" {
		return
	}
	text, err := r.readSmall(path, clientkey.MaxSet)
	if err == nil {
		_, err = clientkey.Parse(text)
	}
	if err != nil {
		r.fault(t.pos("jwks_file"), "paths are relative to this file", "jwks_file in %s: %v", t.name, reason(err))
		return
	}
	s.JWKS = text
}

// checkHostPattern is for names of hosts, of which the first label may be *.
func checkHostPattern(s string) *flaw {
	name := strings.TrimPrefix(s, "*.")
	if name == "" || strings.ContainsAny(name, "*:/@ ") || name != strings.ToLower(name) || !strings.Contains(name, ".") {
		return &flaw{quoted(s) + " is not a host", `"app.example.com" or "*.example.com", in lower case`}
	}
	return nil
}
