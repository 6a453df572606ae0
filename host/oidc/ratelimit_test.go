package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
)

// A flood of logins gets an answer that says so, and none of them is kept.
func TestAttackFloodOfLogins(t *testing.T) {
	r := newRig(t)
	r.login.err = login.ErrTooMany
	r.wantSent(r.get("/authorize", good("spa", nil)), "temporarily_unavailable")
}

// Anybody can name an address that a client has registered for request objects: it is not
// asked as often as somebody likes (RFC 9101 10.4).
func TestAttackFloodOfRequestURIs(t *testing.T) {
	site := publish(t)
	uri := site.at("/request.jwt", "x")
	r := newRigFor(t, append(clients(), config.Client{ID: "ro", JWKS: keySet("ES256"), RedirectURIs: []string{webURI}, RequestURIs: []string{uri}}), site,
		func(r *rig) { r.failures = 5 })
	for range 5 {
		r.get("/authorize", url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {uri}})
	}
	a := r.get("/authorize", url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {uri}})
	if asked := site.asked.Load(); a.StatusCode != http.StatusTooManyRequests || asked != 5 {
		t.Errorf("%d, fetched %d times", a.StatusCode, asked)
	}
}
