package oidc_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
)

const (
	bankAPI = "https://bank.example.com/api"
	mailAPI = "https://mail.example.com/"
)

// askers are clients that may ask for resources and for details.
func askers() []config.Client {
	return []config.Client{
		{ID: "spa", RedirectURIs: []string{spaURI}, Resources: []string{bankAPI, mailAPI}, AuthorizationDetailsTypes: []string{"payment", "account"}},
		{ID: "web", Secret: secret, RedirectURIs: []string{webURI}, Resources: []string{bankAPI}, Introspects: []string{"*"}, GrantTypes: []string{"client_credentials", "authorization_code"}, Scopes: []string{"openid", "pay"}},
		{ID: "other", RedirectURIs: []string{spaURI}},
	}
}

func TestResources(t *testing.T) {
	for name, row := range map[string]struct {
		authorize, token []string
		want             any // nil: invalid_target at the token endpoint
	}{
		"none":                      {nil, nil, "ISSUER"},
		"one":                       {[]string{bankAPI}, nil, bankAPI},
		"one, named again":          {[]string{bankAPI}, []string{bankAPI}, bankAPI},
		"both":                      {[]string{bankAPI, mailAPI, bankAPI}, nil, []any{bankAPI, mailAPI}},
		"one of both":               {[]string{bankAPI, mailAPI}, []string{mailAPI}, mailAPI},
		"for userinfo":              {[]string{bankAPI}, []string{"ISSUER"}, "ISSUER"},
		"named late":                {nil, []string{bankAPI}, bankAPI},
		"beyond what was granted":   {[]string{bankAPI}, []string{mailAPI}, nil},
		"not the client's":          {nil, []string{"https://evil.example"}, nil},
		"one of two not the client": {nil, []string{bankAPI, "https://evil.example"}, nil},
		"empty":                     {[]string{""}, []string{""}, "ISSUER"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, askers())
			mean := func(list []string) []string {
				var all []string
				for _, s := range list {
					if s == "ISSUER" {
						s = r.server.URL
					}
					all = append(all, s)
				}
				return all
			}
			if row.want == "ISSUER" {
				row.want = r.server.URL
			}
			code := r.code("spa", url.Values{"resource": mean(row.authorize)})
			a := r.post("/token", exchange(code, url.Values{"resource": mean(row.token)}))
			if row.want == nil {
				r.wantError(a, http.StatusBadRequest, "invalid_target")
				// It does not cost the code.
				if a := r.post("/token", exchange(code, nil)); a.StatusCode != http.StatusOK {
					t.Error(a.body)
				}
				return
			}
			got := a.json(t)
			if diff := cmp.Diff(row.want, claims(t, got["access_token"])["aud"]); diff != "" {
				t.Error(diff)
			}
			again := r.post("/token", refresh(got["refresh_token"].(string), url.Values{"resource": mean(row.token)}))
			if diff := cmp.Diff(row.want, claims(t, again.json(t)["access_token"])["aud"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResourcesThatAreRefused(t *testing.T) {
	r := newRigWith(t, askers())
	for name, row := range map[string]struct {
		client string
		named  []string
	}{
		"unknown":             {"spa", []string{"https://evil.example"}},
		"one of two":          {"spa", []string{bankAPI, "https://evil.example"}},
		"with a slash more":   {"spa", []string{bankAPI + "/"}},
		"fragment":            {"spa", []string{bankAPI + "#x"}},
		"of another client":   {"other", []string{bankAPI}},
		"no URI":              {"spa", []string{"api"}},
		"another letter case": {"spa", []string{"HTTPS://bank.example.com/api"}},
	} {
		t.Run(name, func(*testing.T) {
			r.wantSent(r.get("/authorize", good(row.client, url.Values{"resource": row.named})), "invalid_target")
		})
	}
	if len(r.login.started) != 0 {
		t.Error("a login began")
	}
}

// A token for one resource server is worth nothing at the provider, nor does introspection
// hide for whom it is.
func TestAttackTokenForAResourceAtUserinfo(t *testing.T) {
	r := newRigWith(t, askers())
	access := r.tokens(url.Values{"resource": {bankAPI}})["access_token"].(string)
	a := r.post("/userinfo", url.Values{"access_token": {access}})
	r.wantError(a, http.StatusUnauthorized, "invalid_token")
	got := r.post("/introspect", url.Values{"token": {access}}, basic("web", secret)).json(t)
	if got["active"] != true || got["aud"] != bankAPI {
		t.Errorf("introspected %v", got)
	}
	access = r.tokens(url.Values{"resource": {bankAPI, r.server.URL}})["access_token"].(string)
	if a := r.post("/userinfo", url.Values{"access_token": {access}}); a.StatusCode != http.StatusOK {
		t.Errorf("for both: %s", a.body)
	}
}

func TestResourceOfAClientItself(t *testing.T) {
	r := newRigWith(t, askers())
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"pay"}, "resource": {bankAPI}}
	got := r.post("/token", form, basic("web", secret)).json(t)
	if aud := claims(t, got["access_token"])["aud"]; aud != bankAPI {
		t.Errorf("aud %v", aud)
	}
	form.Set("resource", mailAPI)
	r.wantError(r.post("/token", form, basic("web", secret)), http.StatusBadRequest, "invalid_target")
}

const (
	paying  = `{"type":"payment","actions":["initiate"],"instructedAmount":{"currency":"EUR","amount":"123.50"},"n":9007199254740991}`
	viewing = `{"type":"account","locations":["https://bank.example.com/api"]}`
)

func TestAuthorizationDetails(t *testing.T) {
	r := newRigWith(t, askers())
	got := r.tokens(url.Values{"authorization_details": {"[" + paying + ", " + viewing + "]"}})
	given := r.login.last(t).Request.AuthorizationDetails
	if len(given) != 2 || given[0]["type"] != "payment" || given[0]["instructedAmount"].(map[string]any)["amount"] != "123.50" || given[1]["type"] != "account" {
		t.Errorf("the journey reads %v", given)
	}
	access := got["access_token"].(string)
	introspected := r.post("/introspect", url.Values{"token": {access}}, basic("web", secret)).json(t)
	for name, where := range map[string]map[string]any{"answer": got, "token": claims(t, access), "introspection": introspected} {
		if diff := cmp.Diff(fmt.Sprint(parsed(t, "["+paying+","+viewing+"]")), fmt.Sprint(where["authorization_details"])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// Less can be asked for at the token endpoint, in whatever order of members.
	less := refresh(got["refresh_token"].(string), url.Values{"authorization_details": {`[{"locations":["https://bank.example.com/api"],"type":"account"}]`}})
	next := r.post("/token", less).json(t)
	if diff := cmp.Diff(parsed(t, "["+viewing+"]"), next["authorization_details"]); diff != "" {
		t.Error(diff)
	}
	// The grant has kept them all.
	all := r.post("/token", refresh(next["refresh_token"].(string), nil)).json(t)
	if n := len(all["authorization_details"].([]any)); n != 2 {
		t.Errorf("%d details", n)
	}
	more := refresh(all["refresh_token"].(string), url.Values{"authorization_details": {`[{"type":"account"}]`}})
	r.wantError(r.post("/token", more), http.StatusBadRequest, "invalid_authorization_details")
}

// Attack: a client that was granted one payment asks for a token of two (RFC 9396 6).
func TestAuthorizationDetailsCountAsOftenAsTheyWereGranted(t *testing.T) {
	r := newRigWith(t, askers())
	twice := "[" + paying + "," + paying + "]"
	once := exchange(r.code("spa", url.Values{"authorization_details": {"[" + paying + "]"}}), url.Values{"authorization_details": {twice}})
	r.wantError(r.post("/token", once), http.StatusBadRequest, "invalid_authorization_details")
	once.Set("authorization_details", "["+paying+"]")
	got := r.post("/token", once).json(t)
	if n := len(got["authorization_details"].([]any)); n != 1 {
		t.Errorf("%d details", n)
	}
	r.wantError(r.post("/token", refresh(got["refresh_token"].(string), url.Values{"authorization_details": {twice}})), http.StatusBadRequest, "invalid_authorization_details")
	two := exchange(r.code("spa", url.Values{"authorization_details": {twice}}), url.Values{"authorization_details": {twice}})
	if n := len(r.post("/token", two).json(t)["authorization_details"].([]any)); n != 2 {
		t.Errorf("%d details of two that were granted", n)
	}
}

// RFC 9396 3: details need no scope beside them.
func TestAuthorizationDetailsWithoutAScope(t *testing.T) {
	r := newRigWith(t, askers())
	got := r.tokens(url.Values{"scope": {}, "authorization_details": {"[" + paying + "]"}})
	if got["scope"] != nil || got["id_token"] != nil || len(got["authorization_details"].([]any)) != 1 {
		t.Errorf("answer %v", got)
	}
	r.wantSent(r.get("/authorize", good("spa", url.Values{"scope": {"root"}, "authorization_details": {"[" + paying + "]"}})), "invalid_scope")
}

func TestAuthorizationDetailsKeepTheirNumbers(t *testing.T) {
	r := newRigWith(t, askers())
	const numbers = `[{"type":"payment","x":[0,-0,0.0,-1.50,0.1,1e3,1E-7,9007199254740991,12345678901234568,1.7976931348623157e308,5e-324]}]`
	got := r.tokens(url.Values{"authorization_details": {numbers}})
	if diff := cmp.Diff(parsed(t, numbers), claims(t, got["access_token"])["authorization_details"]); diff != "" {
		t.Error(diff)
	}
}

// A client of the configuration loses what it may have by a restart, which ends no grant. Its
// next tokens have no more than it may have now.
func TestTokensHaveNoMoreThanTheClientMayHaveNow(t *testing.T) {
	c := askers()[0]
	c.Scopes, c.Resources = []string{"openid", "email", "phone"}, slices.Clone(c.Resources)
	c.AuthorizationDetailsTypes = slices.Clone(c.AuthorizationDetailsTypes)
	r := newRigWith(t, []config.Client{c})
	asked := url.Values{"scope": {"openid email phone"}, "claims": {`{"id_token":{"phone_number":null,"email":null}}`}, "resource": {bankAPI, mailAPI}, "authorization_details": {"[" + paying + "," + viewing + "]"}}
	got := r.tokens(asked)
	code := r.code("spa", asked)
	gone := func(list []string, name string) { list[slices.Index(list, name)] = "none" } // the provider's list is this one
	gone(c.Scopes, "phone")
	gone(c.Resources, mailAPI)
	gone(c.AuthorizationDetailsTypes, "payment")
	next := r.post("/token", refresh(got["refresh_token"].(string), nil)).json(t)
	for name, tokens := range map[string]map[string]any{"refreshed": next, "by a code": r.post("/token", exchange(code, nil)).json(t)} {
		is := claims(t, tokens["access_token"])
		if tokens["scope"] != "openid email" || is["scope"] != "openid email" || is["aud"] != bankAPI {
			t.Errorf("%s: %v", name, is)
		}
		if id := claims(t, tokens["id_token"]); id["phone_number"] != nil || id["email"] == nil {
			t.Errorf("%s: ID token %v", name, id)
		}
		if diff := cmp.Diff(parsed(t, "["+viewing+"]"), is["authorization_details"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	named := url.Values{"scope": {"openid"}, "claims": {`{"userinfo":{"email":null}}`}}
	access := r.tokens(named)["access_token"].(string)
	if said := r.userinfo(access).json(t); said["email"] == nil {
		t.Errorf("userinfo %v", said)
	}
	gone(c.Scopes, "email")
	if said := r.userinfo(access).json(t); said["email"] != nil || said["sub"] != "u-alice" {
		t.Errorf("userinfo %v", said)
	}
	lost := refresh(next["refresh_token"].(string), url.Values{"scope": {"phone"}})
	r.wantError(r.post("/token", lost), http.StatusBadRequest, "invalid_scope")
	gone(c.Resources, bankAPI) // not the provider instead of it
	r.wantError(r.post("/token", refresh(next["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_target")
}

// RFC 8707 2: nor does a resource, as clients of the Model Context Protocol send it. The token
// is for that resource and gives nothing at the provider.
func TestResourceWithoutAScope(t *testing.T) {
	r := newRigWith(t, askers())
	got := r.tokens(url.Values{"scope": {}, "resource": {bankAPI}})
	if got["scope"] != nil || got["id_token"] != nil {
		t.Errorf("answer %v", got)
	}
	access := claims(t, got["access_token"])
	if access["aud"] != bankAPI || access["scope"] != nil {
		t.Errorf("access token %v", access)
	}
	again := r.post("/token", refresh(got["refresh_token"].(string), nil)).json(t)
	if access := claims(t, again["access_token"]); access["aud"] != bankAPI || access["scope"] != nil {
		t.Errorf("refreshed %v", access)
	}
	r.wantSent(r.get("/authorize", good("spa", url.Values{"scope": {}})), "invalid_scope")
	r.wantSent(r.get("/authorize", good("spa", url.Values{"scope": {"root"}, "resource": {bankAPI}})), "invalid_scope")
	r.wantSent(r.get("/authorize", good("spa", url.Values{"scope": {}, "resource": {"https://evil.example"}})), "invalid_target")
}

func TestAuthorizationDetailsThatAreRefused(t *testing.T) {
	r := newRigWith(t, askers())
	for name, text := range map[string]string{
		"no JSON":            "x",
		"an object":          paying,
		"null":               "null",
		"empty":              "[]",
		"text in it":         `["payment"]`,
		"no type":            `[{"actions":[]}]`,
		"type is a number":   `[{"type":1}]`,
		"unknown type":       `[{"type":"root"}]`,
		"one of two unknown": `[` + paying + `,{"type":"root"}]`,
		"type twice":         `[{"type":"payment","type":"root"}]`,
		"actions is text":    `[{"type":"payment","actions":"all"}]`,
		"locations numbers":  `[{"type":"payment","locations":[1]}]`,
		"identifier object":  `[{"type":"payment","identifier":{}}]`,
		"deep":               `[{"type":"payment","x":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}]`,
		"many":               manyDetails(40),
		// Attacks: what users read and steps get is read as a double, and tokens carry what
		// was sent.
		"another account":         `[{"type":"payment","to":12345678901234567}]`,
		"another amount, deep":    `[{"type":"payment","x":[{"amount":1.00000000000000000001}]}]`,
		"an amount that is none":  `[{"type":"payment","amount":1e-999999999}]`,
		"a type in other letters": `[{"type":"payment","Type":"root"}]`, // which some readers take for the same
		"names alike, deep":       `[{"type":"payment","x":[{"actions":1,"Actionſ":2}]}]`,
		"an endless amount":       `[{"type":"payment","amount":1e999999999}]`,
	} {
		t.Run(name, func(*testing.T) {
			r.wantSent(r.get("/authorize", good("spa", url.Values{"authorization_details": {text}})), "invalid_authorization_details")
		})
	}
	r.wantSent(r.get("/authorize", good("other", url.Values{"authorization_details": {"[" + paying + "]"}})), "invalid_authorization_details")
	r.wantSent(r.get("/authorize", good("spa", url.Values{"authorization_details": {manyDetails(600)}})), "invalid_request") // too long
	r.wantSent(r.get("/authorize", good("spa", url.Values{"authorization_details": {"[" + paying + "]", "[" + viewing + "]"}})), "invalid_request")
	if len(r.login.started) != 0 {
		t.Error("a login began")
	}
}

// Details and resources stand in request objects and pushed requests as JSON has them.
func TestResourcesAndDetailsInARequestObject(t *testing.T) {
	c := config.Client{ID: "ro", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", JWKS: keySet("ES256"), RedirectURIs: []string{webURI}, Resources: []string{bankAPI, mailAPI}, AuthorizationDetailsTypes: []string{"payment"}}
	r := newRigWith(t, []config.Client{c})
	ask := r.ask("ro").with(object{"resource": []string{bankAPI, mailAPI}, "authorization_details": parsed(t, "["+paying+"]")})
	uri := r.pushed(r.post("/par", url.Values{"request": {by(t, "ES256", ask, nil)}}, basic("ro", secret)))
	code := r.pull("ro", uri).sent(t).Get("code")
	got := r.post("/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webURI}, "code_verifier": {verifier},
	}, basic("ro", secret)).json(t)
	if diff := cmp.Diff([]any{bankAPI, mailAPI}, claims(t, got["access_token"])["aud"]); diff != "" {
		t.Error(diff)
	}
	if len(got["authorization_details"].([]any)) != 1 {
		t.Errorf("answer %v", got)
	}
}

// A device can ask for the same.
func TestResourcesAndDetailsOfADevice(t *testing.T) {
	r := newRigWith(t, []config.Client{{
		ID: "tv", GrantTypes: []string{deviceGrant}, Resources: []string{bankAPI, mailAPI}, AuthorizationDetailsTypes: []string{"payment"},
	}})
	d := r.device("tv", url.Values{"resource": {bankAPI, mailAPI}, "authorization_details": {"[" + paying + "]"}})
	d.approve()
	got := d.poll().json(t)
	if diff := cmp.Diff([]any{bankAPI, mailAPI}, claims(t, got["access_token"])["aud"]); diff != "" {
		t.Error(diff)
	}
	if list, ok := got["authorization_details"].([]any); !ok || len(list) != 1 {
		t.Errorf("answer %v", got)
	}
	r.wantError(r.post("/device_authorization", url.Values{"client_id": {"tv"}, "scope": {"openid"}, "resource": {"https://evil.example"}}), http.StatusBadRequest, "invalid_target")
	refused := url.Values{"client_id": {"tv"}, "scope": {"openid"}, "authorization_details": {`[{"type":"root"}]`}}
	r.wantError(r.post("/device_authorization", refused), http.StatusBadRequest, "invalid_authorization_details")
}
