package oidc_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

const ledgerURL = "https://ledger.example.com"

// exchangeAs asks for another token for one that it got; extra as in good.
func (r *rig) exchangeAs(client string, subject any, extra url.Values) reply {
	r.Helper()
	form := url.Values{"grant_type": {exchangeGrant}, "subject_token": {fmt.Sprint(subject)}, "subject_token_type": {accessType}}
	maps.Copy(form, extra)
	return r.post("/token", form, basic(client, secret))
}

func TestTokenExchange(t *testing.T) {
	r := newRig(t)
	first := r.tokens(nil)
	was := claims(t, first["access_token"])
	r.clock.advance(time.Minute)
	a := r.exchangeAs("api", first["access_token"], url.Values{"audience": {ledgerURL}, "scope": {"email"}})
	got := a.json(t)
	if a.StatusCode != http.StatusOK || got["issued_token_type"] != accessType || got["token_type"] != "Bearer" || got["scope"] != "email" || got["expires_in"] != 240.0 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if got["refresh_token"] != nil || got["id_token"] != nil {
		t.Errorf("more than an access token: %s", a.body)
	}
	is := claims(t, got["access_token"])
	for _, name := range []string{"sub", "acr", "amr", "auth_time", "grant_id", "exp", "iss"} {
		if diff := cmp.Diff(was[name], is[name]); diff != "" || was[name] == nil {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if is["aud"] != ledgerURL || is["client_id"] != "api" || fmt.Sprint(is["act"]) != "map[sub:api]" {
		t.Errorf("%v", is)
	}
	said := r.introspected(got["access_token"])
	if said["active"] != true || said["client_id"] != "api" || said["acr"] != "2.0" || fmt.Sprint(said["act"]) != "map[sub:api]" || said["aud"] != ledgerURL {
		t.Errorf("introspection %v", said)
	}
	// Handed on once more, each actor is named, the last one first.
	again := r.exchangeAs("ledger", got["access_token"], url.Values{"resource": {"https://vault.example.com"}}).json(t)
	if act := claims(t, again["access_token"])["act"]; fmt.Sprint(act) != "map[act:map[sub:api] sub:ledger]" {
		t.Errorf("act %v", act)
	}
	if claims(t, again["access_token"])["acr"] != "2.0" {
		t.Error("the acr is lost")
	}
}

// What the journey came to later in the same browser does not show.
func TestTokenExchangeEndsWithTheGrant(t *testing.T) {
	r := newRig(t)
	first := r.tokens(nil)
	got := r.exchangeAs("api", first["access_token"], url.Values{"audience": {ledgerURL}}).json(t)
	r.post("/revoke", url.Values{"token": {first["refresh_token"].(string)}, "client_id": {"spa"}})
	if said := r.introspected(got["access_token"]); said["active"] != false {
		t.Errorf("the grant has ended: %v", said)
	}
	r.wantError(r.exchangeAs("api", first["access_token"], nil), http.StatusBadRequest, "invalid_request")
}

func TestTokenExchangeRefuses(t *testing.T) {
	grants := []string{exchangeGrant}
	r := newRigWith(t, append(clients(),
		config.Client{ID: "choosy", Secret: secret, GrantTypes: grants, AllowedACR: []string{"3.*"}},
		config.Client{ID: "minimum", Secret: secret, GrantTypes: grants, Minimum: "3.0"},
	))
	first := r.tokens(nil)
	access := first["access_token"]
	handed := access
	elsewhere := r.exchangeAs("api", access, url.Values{"audience": {ledgerURL}}).json(t)["access_token"]
	for range 4 {
		handed = r.exchangeAs("api", handed, nil).json(t)["access_token"]
	}
	own := r.robot("robot", nil).json(t)["access_token"]
	for name, row := range map[string]struct {
		client  string
		subject any
		extra   url.Values
		want    string
	}{
		"a scope that the token has not":   {"api", access, url.Values{"scope": {"pay"}}, "invalid_scope"},
		"a scope that the client has not":  {"api", access, url.Values{"scope": {"profile"}}, "invalid_scope"},
		"an audience of another client":    {"api", access, url.Values{"audience": {"https://vault.example.com"}}, "invalid_target"},
		"spaces for a scope":               {"api", access, url.Values{"scope": {"  "}}, "invalid_scope"},
		"details, which are not handed on": {"api", access, url.Values{"authorization_details": {`[{"type":"payment"}]`}}, "invalid_authorization_details"},
		"two audiences":                    {"api", access, url.Values{"audience": {ledgerURL, "https://mail.example.com"}}, "invalid_target"},
		"audience and resource":            {"api", access, url.Values{"audience": {ledgerURL}, "resource": {"https://evil.example.com"}}, "invalid_target"},
		"back to the provider":             {"api", elsewhere, nil, "invalid_target"},
		"back to the provider, by name":    {"api", elsewhere, url.Values{"audience": {r.server.URL}}, "invalid_target"},
		"a login that is too weak":         {"choosy", access, nil, "invalid_request"},
		"a login that is below a minimum":  {"minimum", access, nil, "invalid_request"},
		"an ID token":                      {"api", first["id_token"], nil, "invalid_request"},
		"a refresh token":                  {"api", first["refresh_token"], nil, "invalid_request"},
		"an ID token, wanted":              {"api", access, url.Values{"requested_token_type": {"urn:ietf:params:oauth:token-type:id_token"}}, "invalid_request"},
		"another type":                     {"api", access, url.Values{"subject_token_type": {"urn:ietf:params:oauth:token-type:saml2"}}, "invalid_request"},
		"no type":                          {"api", access, url.Values{"subject_token_type": {}}, "invalid_request"},
		"no token":                         {"api", access, url.Values{"subject_token": {}}, "invalid_request"},
		"two tokens":                       {"api", access, url.Values{"subject_token": {fmt.Sprint(access), fmt.Sprint(access)}}, "invalid_request"},
		"somebody else as actor":           {"api", access, url.Values{"actor_token": {fmt.Sprint(access)}, "actor_token_type": {accessType}}, "invalid_request"},
		"handed on without end":            {"api", handed, nil, "invalid_request"},
		"a client's own token":             {"api", own, nil, "invalid_request"},
		"a client without this grant type": {"web", access, nil, "unauthorized_client"},
	} {
		a := r.exchangeAs(row.client, row.subject, row.extra)
		if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != row.want {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	public := url.Values{"grant_type": {exchangeGrant}, "subject_token": {fmt.Sprint(access)}, "subject_token_type": {accessType}, "client_id": {"public-api"}}
	r.wantError(r.post("/token", public), http.StatusBadRequest, "unauthorized_client")
	r.addUser("u-alice", func(u *store.User) { u.Disabled = true })
	r.wantError(r.exchangeAs("api", access, nil), http.StatusBadRequest, "invalid_grant")
	r.clock.advance(6 * time.Minute)
	r.wantError(r.exchangeAs("api", access, nil), http.StatusBadRequest, "invalid_request")
}

// RFC 6749 3.1: a parameter without a value is one that was not sent. A target may be named as
// audience and as resource (RFC 8693 2.1).
func TestTokenExchangeTarget(t *testing.T) {
	r := newRig(t)
	access := r.tokens(nil)["access_token"]
	for name, row := range map[string]struct {
		extra url.Values
		want  string
	}{
		"empty":              {url.Values{"audience": {""}, "resource": {""}}, r.server.URL},
		"empty beside one":   {url.Values{"audience": {ledgerURL}, "resource": {""}}, ledgerURL},
		"the same both ways": {url.Values{"audience": {ledgerURL}, "resource": {ledgerURL}}, ledgerURL},
		"the same twice":     {url.Values{"audience": {ledgerURL, ledgerURL}}, ledgerURL},
	} {
		a := r.exchangeAs("api", access, row.extra)
		if a.StatusCode != http.StatusOK || claims(t, a.json(t)["access_token"])["aud"] != row.want {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// Attack: a token for somebody else is shown at the provider's own resource.
func TestUserinfoWantsItsOwnAudience(t *testing.T) {
	r := newRig(t)
	access := r.tokens(nil)["access_token"]
	other := r.exchangeAs("api", access, url.Values{"audience": {ledgerURL}}).json(t)["access_token"].(string)
	r.refusedAt(r.userinfo(other), "invalid_token")
	own := r.exchangeAs("api", access, nil).json(t)["access_token"].(string)
	if a := r.userinfo(own); a.StatusCode != http.StatusOK || a.json(t)["sub"] != "u-alice" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// The exchanged token is bound to the key of who exchanged it.
func TestTokenExchangeDPoP(t *testing.T) {
	p := newRig(t).prover()
	api := p.prover()
	a := p.post("/token", url.Values{
		"grant_type": {exchangeGrant}, "subject_token": {p.bound()["access_token"].(string)}, "subject_token_type": {accessType},
	}, basic("api", secret), withProof(api.proof("POST", "/token", "")))
	if cnf, _ := claims(t, a.json(t)["access_token"])["cnf"].(map[string]any); cnf["jkt"] != api.jkt {
		t.Errorf("%s", a.body)
	}
}

// Attack: a stolen token that is worth nothing without its key becomes one that anybody can
// use, at a client that exchanges without a key.
func TestTokenExchangeKeepsTokensBound(t *testing.T) {
	p := newRig(t).prover()
	p.wantError(p.exchangeAs("api", p.bound()["access_token"], nil), http.StatusBadRequest, "invalid_request")
}

// Attack: what one client asked for by name, and what steps added for it, leaves by a token
// that was exchanged, whose client has no scope for it.
func TestTokenExchangeGivesNoClaimsByName(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.Run.Claims = map[string]any{"account": "7"} }
	first := r.tokens(url.Values{"scope": {"openid"}, "claims": {`{"userinfo":{"email":null,"phone_number":null,"acr":null}}`}})
	own := r.userinfo(first["access_token"].(string)).json(t)
	if own["email"] == nil || own["account"] == nil || own["acr"] == nil {
		t.Fatalf("its own: %v", own)
	}
	next := r.exchangeAs("api", first["access_token"], url.Values{"scope": {"openid"}}).json(t)
	if got := r.userinfo(next["access_token"].(string)).json(t); len(got) != 1 || got["sub"] != "u-alice" {
		t.Errorf("got %v", got)
	}
}

// An exchanged token has the claims of the scope that both have.
func TestTokenExchangeGivesClaimsOfItsScope(t *testing.T) {
	r := newRig(t)
	next := r.exchangeAs("api", r.tokens(nil)["access_token"], nil).json(t)
	if got := r.userinfo(next["access_token"].(string)).json(t); got["email"] == nil || got["phone_number"] != nil || got["name"] != nil {
		t.Errorf("got %v", got)
	}
}
