package oidc_test

import (
	"net/http"
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
	want := page.About{Home: "https://spa.example.com/", Logo: "https://spa.example.com/logo.png", Policy: "https://spa.example.com/privacy", Terms: "https://spa.example.com/terms"}
	if got := r.login.last(t).About; got != want {
		t.Errorf("shown: %+v", got)
	}
	for _, uri := range []string{"http://spa.example.com/logo.png", "javascript:alert(1)", "data:image/svg+xml,<svg/>", "//evil.example/logo.png"} {
		if a := r.send(http.MethodPost, "/register", r.initial(1), metadata(object{"logo_uri": uri})); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", uri, a.StatusCode, a.body)
		}
	}
}
