package oidc_test

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

const wantsEmail = `{"id_token":{"email":null,"acr":null},"userinfo":{"email":null,"phone_number":null}}`

// released are the members of the ID token and of userinfo that say something of the user.
func (r *rig) released(client string, extra url.Values) (names []string) {
	r.Helper()
	q := url.Values{"scope": {"openid"}, "redirect_uri": {spaURI}, "claims": {wantsEmail}}
	maps.Copy(q, extra)
	got := r.post("/token", exchange(r.code(client, q), url.Values{"client_id": {client}})).json(r.T)
	access, _ := got["access_token"].(string)
	for where, said := range map[string]map[string]any{"id:": claims(r.T, got["id_token"]), "userinfo:": r.userinfo(access).json(r.T)} {
		for _, name := range []string{"email", "phone_number"} {
			if said[name] != nil {
				names = append(names, where+name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Attack: a client asks by the parameter claims for what its users would be asked about as
// a scope (OpenID Connect Core 3.1.2.4). Where users are asked, nothing of it leaves without
// their word.
func TestClaimsTakeConsent(t *testing.T) {
	r := newRigWith(t, append(clients(), config.Client{ID: "own", RedirectURIs: []string{spaURI}, SkipConsent: true}))
	asks := url.Values{"acr_values": {"3.0"}} // the journey that asks
	all := []string{"id:email", "userinfo:email", "userinfo:phone_number"}
	if got := r.released("spa", asks); len(got) > 0 {
		t.Errorf("nobody was asked: %v", got)
	}
	if got, want := r.login.last(t).Request.Claims, []string{"email", "phone_number"}; !slices.Equal(got, want) {
		t.Errorf("steps are told of %v, want %v", got, want)
	}
	if got := r.released("own", asks); !slices.Equal(got, all) {
		t.Errorf("the operator's own: %v", got)
	}
	if got := r.released("spa", nil); !slices.Equal(got, all) {
		t.Errorf("a journey in which nobody is asked: %v", got)
	}
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	if got := r.released("spa", asks); !slices.Equal(got, all) {
		t.Errorf("allowed: %v", got)
	}
	r.login.change = nil
	if got := r.released("spa", asks); !slices.Equal(got, all) {
		t.Errorf("allowed before: %v", got)
	}
	// What was allowed by name is no scope.
	if c, err := r.store.Consent(t.Context(), "u-alice", "spa"); err != nil || !slices.Equal(c.Claims, []string{"email", "phone_number"}) || slices.Contains(c.Scope, "email") {
		t.Errorf("remembered: %+v, %v", c, err)
	}
	if _, err := r.provider.Consents.Revoke(t.Context(), "u-alice", "spa"); err != nil {
		t.Fatal(err)
	}
	if got := r.released("spa", asks); len(got) > 0 {
		t.Errorf("taken back: %v", got)
	}
}

// A scope that was allowed covers its claims, and no others.
func TestAllowedScopeCoversItsClaims(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	r.scopeFor("spa", "openid email")
	r.login.change = nil
	asks := url.Values{"acr_values": {"3.0"}, "claims": {`{"id_token":{"email":null}}`}}
	if got := r.released("spa", asks); !slices.Equal(got, []string{"id:email"}) {
		t.Errorf("got %v", got)
	}
	asks.Set("claims", `{"id_token":{"email":null,"phone_number":null}}`)
	if got := r.released("spa", asks); len(got) > 0 {
		t.Errorf("one of them was not allowed: %v", got)
	}
	asks.Set("scope", "openid phone email")
	if r.released("spa", asks); len(r.login.last(t).Request.Claims) > 0 {
		t.Errorf("scopes say it already: %v", r.login.last(t).Request.Claims)
	}
}

// Attack: authorization details, past every step that asks. Nobody allows them for good.
func TestDetailsTakeConsent(t *testing.T) {
	types := []string{"pay"}
	r := newRigWith(t, []config.Client{
		{ID: "spa", RedirectURIs: []string{spaURI}, AuthorizationDetailsTypes: types},
		{ID: "own", RedirectURIs: []string{spaURI}, AuthorizationDetailsTypes: types, SkipConsent: true},
	})
	q := func(acr string) url.Values {
		return url.Values{"acr_values": {acr}, "scope": {"openid"}, "authorization_details": {`[{"type":"pay","amount":"1000000 EUR","to":"mallory"}]`}}
	}
	answer := func(client, acr string) string { return r.get("/authorize", good(client, q(acr))).sent(t).Get("error") }
	if got := answer("spa", "3.0"); got != "consent_required" {
		t.Errorf("nobody was asked: %q", got)
	}
	for _, row := range [][2]string{{"own", "3.0"}, {"spa", ""}} {
		if got := answer(row[0], row[1]); got != "" {
			t.Errorf("%v: %q", row, got)
		}
	}
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	if got := answer("spa", "3.0"); got != "" {
		t.Errorf("allowed: %q", got)
	}
	r.login.change = nil
	if got := answer("spa", "3.0"); got != "consent_required" {
		t.Errorf("another one, of the same words: %q", got)
	}
}

// Attack: a device asks for more than its scope, and its user is told.
func TestDeviceClaimsTakeConsent(t *testing.T) {
	r := newRigWith(t, []config.Client{{ID: "tv", Name: "TV", GrantTypes: []string{deviceGrant}, AuthorizationDetailsTypes: []string{"pay"}}})
	asks := url.Values{"scope": {"openid"}, "acr_values": {"3.0"}, "claims": {wantsEmail}}
	d := r.device("tv", asks)
	if a := r.post("/device", url.Values{"user_code": {d.user}}); !strings.HasPrefix(a.body, "CONFIRM TV for openid email phone_number|") {
		t.Errorf("%s", a.body)
	}
	d.approve()
	got := d.poll().json(t)
	if id := claims(t, got["id_token"]); id["email"] != nil {
		t.Errorf("nobody was asked: %v", id)
	}
	if said := r.userinfo(got["access_token"].(string)).json(t); said["email"] != nil || said["phone_number"] != nil {
		t.Errorf("nobody was asked: %v", said)
	}
	r.login.change = func(f *login.Finished) { f.Run.Consented = true }
	d = r.device("tv", asks)
	d.approve()
	if id := claims(t, d.poll().json(t)["id_token"]); id["email"] == nil {
		t.Errorf("allowed: %v", id)
	}
	r.login.change = nil
	asks.Set("authorization_details", `[{"type":"pay","to":"mallory"}]`)
	d = r.device("tv", asks)
	if a := r.post("/device", url.Values{"user_code": {d.user}}); !strings.Contains(a.body, ` pay (to: "mallory")|`) {
		t.Errorf("%s", a.body)
	}
	token, cookie := d.confirm()
	if a := r.decide("approve", token, cookie); !strings.HasSuffix(a.Header.Get("Location"), "/device/failed") {
		t.Errorf("details that nobody was asked about: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
}

// OpenID Connect Core 3.1.2.6: what is missing under prompt=none is named.
func TestConsentRequired(t *testing.T) {
	r := newRig(t)
	for name, row := range map[string]struct {
		consent, session bool
		want             string
	}{
		"consent":               {true, true, "consent_required"},
		"something else":        {false, true, "interaction_required"},
		"a login, then consent": {true, false, "login_required"},
	} {
		r.login.change = func(f *login.Finished) {
			f.HadSession = row.session
			f.Run.End = &journey.End{Terminal: "@error:interaction_required", Code: "interaction_required", Consent: row.consent}
		}
		if got := r.get("/authorize", good("spa", url.Values{"prompt": {"none"}})).sent(t).Get("error"); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
	if _, err := r.store.Consent(t.Context(), "u-alice", "spa"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a consent was kept: %v", err)
	}
}
