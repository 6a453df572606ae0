package selfservice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/page"
)

// What was allowed is shown in words and can be taken back, without a script; then what the
// application was granted ends.
func TestClients(t *testing.T) {
	r := newRig(t)
	r.allow("u_alice", "shop", "openid", "email", "pay")
	r.allow("u_alice", "gone", "openid")
	b, p := r.signedIn("alice", "pwd")
	if got := p.TextOf("client-2"); !strings.Contains(got, "The <b>Shop</b>") || !strings.Contains(got, "Your e-mail address") || !strings.Contains(got, "pay") || strings.Contains(got, "openid") {
		t.Errorf("shop: %q", got)
	}
	if got := p.TextOf("client-1"); !strings.Contains(got, "gone") {
		t.Errorf("gone: %q", got)
	}
	// oidcc-3rdparty-init-login: a login at the application begins here, with the issuer.
	body := string(p.Body)
	if want := "https://shop.example.com/login?a=1&amp;iss=" + url.QueryEscape(r.url); !strings.Contains(body, want) || !strings.Contains(body, `id="open-2"`) {
		t.Errorf("no link to %s", want)
	}
	p = r.submit(b, p, "form-revoke-2")
	if got := p.TextOf("notice"); !strings.Contains(got, "may not use your account any more") || p.TextOf("client-2") != "" {
		t.Errorf("notice %q", got)
	}
	g, err := r.store.Grant(t.Context(), "u_alice to shop")
	r.ok(err)
	other, err := r.store.Grant(t.Context(), "u_alice to gone")
	r.ok(err)
	if g.RevokedAt.IsZero() || !other.RevokedAt.IsZero() {
		t.Errorf("grants %v, %v", g.RevokedAt, other.RevokedAt)
	}
	p = r.submit(b, p, "form-revoke-1")
	if p.TextOf("clients") != "" {
		t.Error("an empty section is shown")
	}
	if got := r.events(); got[len(got)-1] != "consent.revoked u_alice" {
		t.Errorf("events %v", got)
	}
}

// Attack: alice takes back what bob allowed.
func TestAnotherUsersConsent(t *testing.T) {
	r := newRig(t)
	r.allow("u_bob", "shop", "openid")
	alice, p := r.signedIn("alice", "pwd sms")
	before := r.state()
	for _, client := range []string{"shop", "", "absent"} {
		r.see(r.post(alice, "/account/clients/revoke", url.Values{page.TokenField: {r.token(p)}, "client": {client}}), http.StatusNotFound, "not here any more")
	}
	r.unchanged(before, "bob's consent")
}
