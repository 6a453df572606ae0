package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// pairwise are clients in three sectors; what the site lists are the redirect URIs of one.
func pairwise(site *published) []config.Client {
	sector := site.at("/sector.json", `["https://one.example.com/cb","https://two.example.com/cb"]`)
	pair := func(id, uri, sector string) config.Client {
		return config.Client{
			ID: id, Secret: secret, RedirectURIs: []string{uri}, PostLogoutRedirectURIs: []string{byeURI},
			SubjectType: "pairwise", SectorIdentifierURI: sector,
		}
	}
	return append(clients(),
		pair("one", "https://one.example.com/cb", sector), pair("two", "https://two.example.com/cb", sector),
		pair("three", "https://three.example.com/cb", ""), pair("intruder", "https://evil.example.com/cb", sector),
	)
}

func newPairwiseRig(t *testing.T) *rig {
	t.Helper()
	site := publish(t)
	return newRigFor(t, pairwise(site), site)
}

func (r *rig) tokensOf(client string) map[string]any {
	r.Helper()
	uri := "https://" + client + ".example.com/cb"
	code := r.code(client, url.Values{"redirect_uri": {uri}})
	form := exchange(code, url.Values{"redirect_uri": {uri}, "client_id": nil})
	return r.post("/token", form, basic(client, secret)).json(r.T)
}

// subOf is the one sub in everything that a client gets.
func (r *rig) subOf(client string) string {
	r.Helper()
	got := r.tokensOf(client)
	sub := claims(r.T, got["id_token"])["sub"].(string)
	inspected := func(token any) any {
		return r.post("/introspect", url.Values{"token": {token.(string)}}, basic(client, secret)).json(r.T)["sub"]
	}
	renewed := r.post("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got["refresh_token"].(string)}}, basic(client, secret)).json(r.T)
	for where, other := range map[string]any{
		"access token":           claims(r.T, got["access_token"])["sub"],
		"userinfo":               r.userinfo(got["access_token"].(string)).json(r.T)["sub"],
		"introspection":          inspected(got["access_token"]),
		"refresh token":          inspected(renewed["refresh_token"]),
		"refreshed ID token":     claims(r.T, renewed["id_token"])["sub"],
		"refreshed access token": claims(r.T, renewed["access_token"])["sub"],
	} {
		if other != sub {
			r.Errorf("%s: %s names %v, the ID token %s", client, where, other, sub)
		}
	}
	return sub
}

func TestPairwise(t *testing.T) {
	r := newPairwiseRig(t)
	one, two, three := r.subOf("one"), r.subOf("two"), r.subOf("three")
	if one != two || one == three || one == "u-alice" || strings.Contains(one+three, "alice") {
		t.Errorf("subjects: %s, %s, %s", one, two, three)
	}
	r.login.change = func(f *login.Finished) { f.Run.Subject.ID = "u-bob" }
	r.addUser("u-bob", func(u *store.User) { u.Name = "bob" })
	if bob := r.subOf("one"); bob == one {
		t.Error("two users have one subject")
	}
	if asked := r.published.asked.Load(); asked != 1 {
		t.Errorf("the sector was fetched %d times", asked)
	}
}

// Attack: a client names another's sector, to see the subjects of that one's users.
func TestPairwiseSectorOfAnother(t *testing.T) {
	r := newPairwiseRig(t)
	r.wantSent(r.get("/authorize", good("intruder", url.Values{"redirect_uri": {"https://evil.example.com/cb"}})), "unauthorized_client")
	if r.login.count() != 0 {
		t.Error("a login began")
	}
}

// What is no list of strings lists nothing, and nobody gets in while it can't be had.
func TestPairwiseSectorThatCantBeHad(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": "x", "an object": `{"https://one.example.com/cb":1}`, "null": `null`, "null in it": `["https://one.example.com/cb",null]`,
		"numbers": `[1]`, "too long": `["https://one.example.com/cb","` + strings.Repeat("a", 70<<10) + `"]`, "a redirect": "redirect",
	} {
		t.Run(name, func(t *testing.T) {
			r := newPairwiseRig(t)
			uri := url.Values{"redirect_uri": {"https://one.example.com/cb"}}
			r.published.at("/sector.json", text)
			r.published.at("/elsewhere", `["https://one.example.com/cb"]`)
			r.wantSent(r.get("/authorize", good("one", uri)), "server_error")
			r.wantSent(r.get("/authorize", good("one", uri)), "server_error")
			if asked := r.published.asked.Load(); asked != 1 {
				t.Errorf("fetched %d times", asked)
			}

		})
	}
}

// An ID token as a hint names its user as its client sees them; one of another sector
// names nobody here.
func TestPairwiseHint(t *testing.T) {
	r := newPairwiseRig(t)
	hint := r.tokensOf("one")["id_token"].(string)
	ask := func(client, redirect string) reply {
		return r.get("/authorize", good(client, url.Values{"redirect_uri": {redirect}, "id_token_hint": {hint}}))
	}
	r.wantCode(ask("one", "https://one.example.com/cb"))
	if accepts := r.login.last(t).Accepts; !accepts("u-alice") || accepts("u-bob") || accepts(claims(t, hint)["sub"].(string)) {
		t.Error("another user's session counts, or that of the named one does not")
	}
	r.wantCode(ask("two", "https://two.example.com/cb"))
	r.wantSent(ask("three", "https://three.example.com/cb"), "invalid_request")
	r.wantSent(ask("spa", spaURI), "invalid_request")
	r.login.change = func(f *login.Finished) { f.Run.Subject.ID = "u-bob" }
	r.addUser("u-bob", func(u *store.User) { u.Name = "bob" })
	r.wantSent(ask("one", "https://one.example.com/cb"), "login_required")
}

// A claim sub with a value is the client's, too.
func TestPairwiseRequestedSubject(t *testing.T) {
	r := newPairwiseRig(t)
	sub := claims(t, r.tokensOf("three")["id_token"])["sub"].(string)
	ask := func(sub string) reply {
		return r.get("/authorize", good("three", url.Values{
			"redirect_uri": {"https://three.example.com/cb"}, "claims": {`{"id_token":{"sub":{"value":"` + sub + `"}}}`},
		}))
	}
	r.wantCode(ask(sub))
	r.wantSent(ask("u-alice"), "login_required") // and nobody learns whose it is
}

func TestPairwiseLogout(t *testing.T) {
	r := newPairwiseRig(t)
	sso, cookie := r.newSession()
	r.login.change = inSession(sso)
	hint := r.tokensOf("one")["id_token"].(string)
	got := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI}}, cookie)
	if got.StatusCode != http.StatusSeeOther || r.inSession(cookie) {
		t.Errorf("status %d, still signed in %t: %s", got.StatusCode, r.inSession(cookie), got.body)
	}
	// Another user's session is not ended by it without being asked.
	other := r.signedIn("u-bob")
	if got := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}}, other); !strings.HasPrefix(got.body, "LOGOUT") || !r.inSession(other) {
		t.Errorf("got %s", got.body)
	}
}
