package config

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
)

// Upstream is another OpenID Provider at which users sign in.
type Upstream struct {
	Name         string
	Issuer       string
	ClientID     string
	ClientSecret Secret   // empty: a public client
	Scopes       []string // default openid profile email
	// ACR and AMR are what a login there is worth when the provider says nothing that
	// AllowACR and AllowAMR, patterns, let count.
	ACR      string
	AMR      []string
	AllowACR []string
	AllowAMR []string
	// PassACRValues and PassLoginHint send the provider what our client asked for.
	PassACRValues bool
	PassLoginHint bool
	// Userinfo asks the userinfo endpoint too.
	Userinfo bool
	// Link says who a user of the provider is here when no link was made before: empty,
	// nobody; LinkEmail, the local user with the same verified e-mail address.
	Link string
	// EmailDomains are the domains for whose addresses the provider's word counts; "*":
	// all of them.
	EmailDomains []string
	// Create makes a local user for one who has none.
	Create bool
	Pos    journey.Pos
}

// LinkEmail links by verified e-mail addresses.
const LinkEmail = "email"

// upstream reads the other providers. What a login there is worth is little unless the
// operator says more: none of its acr and amr counts, and nobody is linked.
func (r *reader) upstream(t *table, c *Config) {
	for name, t := range t.named("upstream") {
		u := Upstream{Name: name, Pos: t.node.pos, Scopes: []string{"openid", "profile", "email"}}
		r.rule(u.Pos, "the provider's name "+quoted(name), checkProvider(name))
		t.require(`issuer = "https://id.example.com"`, "issuer")
		t.require("", "client_id")
		r.upstreamIssuer(t, c, &u)
		t.checked("client_id", &u.ClientID, checkClientID)
		t.secret("client_secret", &u.ClientSecret)
		r.upstreamAsk(t, &u)
		r.upstreamWorth(t, &u)
		r.upstreamUsers(t, &u)
		t.close()
		c.Upstream[name] = u
	}
}

// upstreamIssuer lets a provider be on this machine only where we are too: elsewhere it
// would be a way into the operator's network.
func (r *reader) upstreamIssuer(t *table, c *Config, u *Upstream) {
	t.checked("issuer", &u.Issuer, checkUpstreamIssuer)
	switch {
	case u.Issuer == "":
	case u.Issuer == c.Issuer:
		r.fault(t.pos("issuer"), "name another provider", "issuer in %s is this provider's own", t.name)
	case loopbackURL(u.Issuer) && !loopbackURL(c.Issuer):
		r.fault(t.pos("issuer"), "only a provider that is itself on a loopback address may use one there", "issuer in %s is a loopback address", t.name)
	}
}

// upstreamAsk reads what the provider is asked for.
func (r *reader) upstreamAsk(t *table, u *Upstream) {
	t.texts("scopes", &u.Scopes)
	r.rules(t, "scopes", u.Scopes, checkScope)
	if !slices.Contains(u.Scopes, "openid") {
		r.fault(t.pos("scopes"), `scopes = ["openid", "email"]`, "scopes in %s lacks openid, without which there is no ID token", t.name)
	}
	t.flag("pass_acr_values", &u.PassACRValues)
	t.flag("pass_login_hint", &u.PassLoginHint)
	t.flag("userinfo", &u.Userinfo)
}

// upstreamWorth reads what a login there counts for.
func (r *reader) upstreamWorth(t *table, u *Upstream) {
	t.checked("acr", &u.ACR, checkACRMember)
	for key, to := range map[string]*[]string{"amr": &u.AMR, "allow_acr": &u.AllowACR, "allow_amr": &u.AllowAMR} {
		t.texts(key, to)
		r.rules(t, key, *to, checkACR)
	}
	if slices.ContainsFunc(u.AMR, func(s string) bool { return strings.Contains(s, "*") }) {
		r.fault(t.pos("amr"), "patterns belong into allow_amr", "amr in %s holds a pattern, expected values", t.name)
	}
}

// upstreamUsers reads who its users are here. An e-mail address is only as good as the
// word of whoever verified it, so that the operator must say for which domains that
// is the provider.
func (r *reader) upstreamUsers(t *table, u *Upstream) {
	t.oneOf("link", &u.Link, LinkEmail)
	t.flag("create", &u.Create)
	t.texts("email_domains", &u.EmailDomains)
	r.rules(t, "email_domains", u.EmailDomains, checkDomain)
	if u.Link == LinkEmail && len(u.EmailDomains) == 0 {
		r.fault(t.pos("link"), `email_domains = ["example.com"]; "*" trusts it with every address`,
			"link in %s needs email_domains: for other domains the provider could name anybody", t.name)
	}
}

// checkProvider is for a name that is also the end of an address.
func checkProvider(s string) *flaw {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s == "" || len(s) > 32 {
		return &flaw{"is not a provider's name", "lower-case letters, digits and dash, 32 at most"}
	}
	return nil
}

// checkUpstreamIssuer is checkIssuer, but a slash at the end is the provider's own
// affair.
func checkUpstreamIssuer(s string) *flaw { return checkIssuer(strings.TrimSuffix(s, "/")) }

func checkACRMember(s string) *flaw {
	if f := checkACR(s); f != nil {
		return f
	}
	if strings.Contains(s, "*") {
		return &flaw{quoted(s) + " is a pattern, expected a value", "patterns belong into allow_acr"}
	}
	return nil
}

func checkDomain(s string) *flaw {
	if s != "*" && (s == "" || strings.ToLower(s) != s || strings.ContainsAny(s, "@* /") || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".")) {
		return &flaw{quoted(s) + " is not a domain", `email_domains = ["example.com"], in lower case, or ["*"]`}
	}
	return nil
}
