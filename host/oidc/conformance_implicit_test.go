package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

// fronted is a provider as the suite's implicit plans try it: by a client that gets tokens in
// the answer, of one response type and in one response mode.
type fronted struct {
	*tried
	kind string
}

func tryFront(t *testing.T, kind, mode string) *fronted {
	t.Helper()
	c := config.Client{ID: "suite-front", Secret: secret, RedirectURIs: []string{webURI}, GrantTypes: []string{"implicit"}, ResponseTypes: []string{"id_token", "id_token token"}}
	r := newRigFor(t, append(clients(), c), publish(t), func(r *rig) { r.implicit = c.ResponseTypes })
	return &fronted{&tried{r, mode}, kind}
}

func (f *fronted) request(extra url.Values) url.Values {
	q := f.tried.request("suite-front", url.Values{"response_type": {f.kind}})
	maps.Copy(q, extra)
	return q
}

// sent is what the client got, where it looks for it, and nowhere else.
func (f *fronted) sent(a reply) url.Values {
	f.Helper()
	if to := a.Header.Get("Location"); f.mode == "" && (!strings.HasPrefix(to, webURI+"#") || a.StatusCode != http.StatusSeeOther) {
		f.Errorf("%d to %s", a.StatusCode, to)
	}
	got := a.sent(f.T)
	if got.Get("state") != "the state" || got.Get("iss") != f.server.URL {
		f.Errorf("answer %v", got)
	}
	return got
}

// tokens are those of an answer, held to what every happy flow is held to, with the ID token's
// claims.
func (f *fronted) tokens(a reply) (access string, id map[string]any) {
	f.Helper()
	got := f.sent(a)
	id = f.idTokenFor("suite-front", got.Get("id_token"))
	access = got.Get("access_token")
	if id["nonce"] != "the nonce" || got.Has("code") || got.Has("refresh_token") {
		f.Errorf("answer %v, ID token %v", got, id)
	}
	if f.kind == "id_token" {
		if access != "" || got.Has("token_type") || id["at_hash"] != nil {
			f.Errorf("answer %v, ID token %v", got, id)
		}
		return "", id
	}
	if got.Get("token_type") != "Bearer" || got.Get("expires_in") != "300" || id["at_hash"] != leftHash(access) {
		f.Errorf("answer %v, ID token %v", got, id)
	}
	return access, id
}

func (f *fronted) happy(extra url.Values) (access string, id map[string]any) {
	f.Helper()
	return f.tokens(f.get("/authorize", f.request(extra)))
}

func (f *fronted) fails(q url.Values, codes ...string) {
	f.Helper()
	if got := f.sent(f.get("/authorize", q)); !slices.Contains(codes, got.Get("error")) || got.Has("id_token") || got.Has("access_token") {
		f.Errorf("answer %v, want one of %v", got, codes)
	}
}

// about are the claims of the user in what the client reads them from: userinfo or, without an
// access token, the ID token (OpenID Connect Core 5.4).
func (f *fronted) about(access string, id map[string]any) []string {
	f.Helper()
	all := id
	if access != "" {
		all = f.info(f.userinfo(access))
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(strings.Fields("iss sub aud exp iat auth_time nonce acr amr at_hash jti sid"), name) {
			names = append(names, name)
		}
	}
	return names
}

func frontScope(scope string, want ...string) func(*fronted) {
	return func(f *fronted) {
		f.Helper()
		access, id := f.happy(url.Values{"scope": {scope}})
		if got := f.about(access, id); !slices.Equal(got, want) {
			f.Errorf("%s has %v, want %v", scope, got, want)
		}
	}
}

func frontAsked(extra url.Values) func(*fronted) {
	return func(f *fronted) { f.Helper(); f.happy(extra) }
}

// ofToken is for the modules that the suite has for answers with an access token alone.
func ofToken(demand func(*fronted, string)) func(*fronted) {
	return func(f *fronted) {
		f.Helper()
		if access, _ := f.happy(nil); access != "" {
			demand(f, access)
		}
	}
}

// TestConformanceImplicit states what the modules of the implicit plans demand, by their
// names, of both response types, in the fragment and by a form.
func TestConformanceImplicit(t *testing.T) {
	demands := map[string]func(*fronted){
		"oidcc-server": func(f *fronted) {
			access, id := f.happy(nil)
			if names := f.about(access, id); len(names) > 0 {
				f.Errorf("the client learns %v, which it has not asked for", names)
			}
		},
		"oidcc-idtoken-signature":                              frontAsked(nil), // every happy flow looks at alg and kid
		"oidcc-ensure-request-without-nonce-fails":             func(f *fronted) { f.fails(f.request(url.Values{"nonce": {}}), "invalid_request") },
		"oidcc-scope-profile":                                  frontScope("openid profile", "name", "preferred_username", "updated_at"),
		"oidcc-scope-email":                                    frontScope("openid email", "email", "email_verified"),
		"oidcc-scope-address":                                  frontScope("openid address", "address"),
		"oidcc-scope-phone":                                    frontScope("openid phone", "phone_number", "phone_number_verified"),
		"oidcc-scope-all":                                      frontScope("openid profile email address phone", "address", "email", "email_verified", "name", "phone_number", "phone_number_verified", "preferred_username", "updated_at"),
		"oidcc-alternate-happy-flow":                           frontScope("email openid", "email", "email_verified"),
		"oidcc-display-page":                                   frontAsked(url.Values{"display": {"page"}}),
		"oidcc-display-popup":                                  frontAsked(url.Values{"display": {"popup"}}),
		"oidcc-ensure-request-with-unknown-parameter-succeeds": frontAsked(url.Values{"extra": {"foobar"}}),
		"oidcc-login-hint":                                     frontAsked(url.Values{"login_hint": {"buffy@127.0.0.1"}}),
		"oidcc-ui-locales":                                     frontAsked(url.Values{"ui_locales": {"se"}}),
		"oidcc-claims-locales":                                 frontAsked(url.Values{"claims_locales": {"se"}}),
		"oidcc-ensure-request-with-acr-values-succeeds":        frontAsked(url.Values{"acr_values": {"1.0 2.0"}}),
		"oidcc-ensure-registered-redirect-uri": func(f *fronted) {
			f.wantPage(f.get("/authorize", f.request(url.Values{"redirect_uri": {webURI + "/Lk2jKnbq"}})))
		},
		"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": func(f *fronted) {
			f.fails(f.request(url.Values{"request_uri": {"https://spa.example.com/requesturi/x"}}), "request_uri_not_supported")
		},
		"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": func(f *fronted) {
			f.fails(f.request(url.Values{"request": {unsigned(f.ask("suite-front"), "none")}}), "request_not_supported")
		},
		"oidcc-ensure-request-object-with-redirect-uri": func(f *fronted) {
			f.wantPage(f.get("/authorize", f.request(url.Values{"request": {unsigned(f.ask("suite-front"), "none")}, "redirect_uri": {"https://invalid.example"}})))
		},
		"oidcc-claims-essential": func(f *fronted) {
			access, id := f.happy(url.Values{"claims": {`{"id_token":{"name":{"essential":true}},"userinfo":{"name":{"essential":true}}}`}})
			if id["name"] != "Alice A" || access != "" && f.info(f.userinfo(access))["name"] != "Alice A" {
				f.Errorf("ID token %v", id)
			}
		},
		"oidcc-userinfo-get":         ofToken(func(f *fronted, access string) { f.info(f.userinfo(access)) }),
		"oidcc-userinfo-post-header": ofToken(func(f *fronted, access string) { f.info(f.post("/userinfo", nil, bearer(access))) }),
		"oidcc-userinfo-post-body": ofToken(func(f *fronted, access string) {
			f.info(f.post("/userinfo", url.Values{"access_token": {access}}))
		}),
		// Nobody knows that it would have been for the fragment.
		"oidcc-response-type-missing": func(f *fronted) {
			f.wantError(f.request(url.Values{"response_type": {}}), "invalid_request", "unsupported_response_type")
		},
	}
	for _, kind := range []string{"id_token", "id_token token"} {
		for _, mode := range []string{"", "form_post"} {
			for name, demand := range demands {
				t.Run(strings.Join(strings.Fields(kind+" "+mode+" "+name), " "), func(t *testing.T) { demand(tryFront(t, kind, mode)) })
			}
		}
	}
}
