package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/acrhost/acrhost/host/page"
)

// What a client registered for users to see is shown while they sign in (OpenID Connect
// Dynamic Client Registration 1.0 section 2); what is no https address is not registered.
func TestLoginShowsTheClient(t *testing.T) {
	r := newRegistry(t)
	c := r.register(object{
		"client_uri": "https://spa.example.com/", "logo_uri": "https://spa.example.com/logo.png", "policy_uri": "https://spa.example.com/privacy", "tos_uri": "https://spa.example.com/terms",
	})
	r.code(c.id, nil)
	want := page.About{Home: "https://spa.example.com/", Logo: "https://spa.example.com/logo.png", Policy: "https://spa.example.com/privacy", Terms: "https://spa.example.com/terms", Unchecked: true}
	if got := r.login.last(t).About; got != want {
		t.Errorf("shown: %+v", got)
	}
	for _, uri := range []string{"http://spa.example.com/logo.png", "javascript:alert(1)", "data:image/svg+xml,<svg/>", "//evil.example/logo.png"} {
		if a := r.send(http.MethodPost, "/register", r.initial(1), metadata(object{"logo_uri": uri})); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", uri, a.StatusCode, a.body)
		}
	}
}

// Attack: a client that registers itself shows a bank's logo, which says by itself whose it is.
// It is shown only from a host that gets the answer. Links lead where they lead, unchecked: the
// page names their hosts. Where no host gets the answer, none is shown.
func TestAboutOfAStranger(t *testing.T) {
	r := newRegistry(t)
	elsewhere := object{
		"logo_uri": "https://bank.example/logo.png", "policy_uri": "https://spa.example.com.evil.example/privacy", "tos_uri": "https://spa.example.com:8443/terms", "client_uri": "https://bank.example/?https://spa.example.com",
	}
	c := r.register(elsewhere)
	r.get("/authorize", good(c.id, nil))
	want := page.About{Policy: "https://spa.example.com.evil.example/privacy", Terms: "https://spa.example.com:8443/terms", Home: "https://bank.example/?https://spa.example.com", Unchecked: true}
	if got := r.login.last(t).About; got != want {
		t.Errorf("shown: %+v", got)
	}
	both := r.register(object{"redirect_uris": []string{spaURI, "https://bank.example/cb"}, "logo_uri": "https://bank.example/logo.png", "policy_uri": "https://spa.example.com/privacy"})
	r.get("/authorize", good(both.id, nil))
	if got := r.login.last(t).About; got != (page.About{Policy: "https://spa.example.com/privacy", Unchecked: true}) {
		t.Errorf("shown of one that names a bank's redirect URI beside its own: %+v", got)
	}
	if name := r.login.last(t).Client; name != "The Stranger (spa.example.com)" {
		t.Errorf("its name is %q", name)
	}
	own := r.register(object{"logo_uri": "https://SPA.example.com/logo.png", "policy_uri": "https://spa.example.com/privacy"})
	r.get("/authorize", good(own.id, nil))
	if got := r.login.last(t).About; got != (page.About{Logo: "https://SPA.example.com/logo.png", Policy: "https://spa.example.com/privacy", Unchecked: true}) {
		t.Errorf("shown: %+v", got)
	}
	app := r.register(object{
		"application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": []string{"com.example.app:/cb"},
		"logo_uri": "https://app.example.com/logo.png", "tos_uri": "https://bank.example/terms",
	})
	r.get("/authorize", good(app.id, url.Values{"redirect_uri": {"com.example.app:/cb"}}))
	if got := r.login.last(t); got.About != (page.About{}) || got.Client != "The Stranger (not known here)" {
		t.Errorf("shown: %q, %+v", got.Client, got.About)
	}
}

// The operator's own word counts.
func TestAboutOfTheOperators(t *testing.T) {
	all := clients()
	for i := range all {
		all[i].LogoURI, all[i].TermsURI = "https://cdn.example/logo.png", "https://example.com/terms"
	}
	r := newRigFor(t, all, publish(t))
	r.get("/authorize", good("spa", nil))
	if got := r.login.last(t).About; got != (page.About{Logo: "https://cdn.example/logo.png", Terms: "https://example.com/terms"}) {
		t.Errorf("shown: %+v", got)
	}
}
