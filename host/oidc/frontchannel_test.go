package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

// framed are clients that are told in frames.
func framed() []config.Client {
	one := config.Client{
		ID: "one", Secret: secret, RedirectURIs: []string{webURI}, PostLogoutRedirectURIs: []string{byeURI},
		FrontchannelLogoutURI: "https://web.example.com/out?tenant=7",
	}
	two := one
	two.ID, two.FrontchannelLogoutURI = "two", "https://web.example.com/two"
	return append(clients(), one, two)
}

// TestConformanceFrontchannel: oidcc-frontchannel-rp-initiated-logout.
func TestConformanceFrontchannel(t *testing.T) {
	t.Run("oidcc-frontchannel-rp-initiated-logout", func(t *testing.T) {
		r := newRigWith(t, framed())
		s, cookie := r.newSession()
		id := r.signsInAt("one", s)
		other := r.signsInAt("two", s)
		got := r.logout(http.MethodGet, url.Values{"id_token_hint": {id}, "post_logout_redirect_uri": {byeURI}, "state": {"s&t"}}, cookie)
		iss := "iss=" + url.QueryEscape(r.server.URL)
		want := []string{
			"FRAME https://web.example.com/out?tenant=7&" + iss + "&sid=" + claims(t, id)["sid"].(string),
			"FRAME https://web.example.com/two?" + iss + "&sid=" + claims(t, other)["sid"].(string),
			"NEXT " + byeURI + "&state=s%26t", "SIGNED OUT",
		}
		lines := strings.Split(got.body, "\n")
		slices.Sort(lines)
		if !slices.Equal(lines, want) || got.StatusCode != http.StatusOK || r.inSession(cookie) {
			t.Errorf("%d %s", got.StatusCode, got.body)
		}
		// The session is over: nobody is told twice, and the browser goes on at once.
		if again := r.logout(http.MethodGet, url.Values{"id_token_hint": {id}, "post_logout_redirect_uri": {byeURI}}); again.StatusCode != http.StatusSeeOther {
			t.Errorf("again: %d %s", again.StatusCode, again.body)
		}
	})
}

// Clients at which the user did not sign in in this session are not told who is there.
func TestFrontchannelOnlyClientsOfTheSession(t *testing.T) {
	r := newRigWith(t, framed())
	s, _ := r.newSession()
	r.signsInAt("one", s)
	another, cookie := r.newSession()
	id := r.signsInAt("two", another)
	got := r.logout(http.MethodGet, url.Values{"id_token_hint": {id}}, cookie)
	if strings.Count(got.body, "FRAME") != 1 || !strings.Contains(got.body, "/two?") {
		t.Error(got.body)
	}
}

// Attack: whoever leads a browser through many clients that register themselves has the
// others not told of its logout.
func TestAttackManyClientsOfASession(t *testing.T) {
	p := policy()
	p.MaxClients, p.PerMinute = 1000, 1000
	r := newRigFor(t, framed(), publish(t), func(r *rig) { r.registration = p })
	s, cookie := r.newSession()
	r.login.change = inSession(s)
	for range 110 {
		c := r.register(object{"redirect_uris": []string{webURI}, "frontchannel_logout_uri": "https://web.example.com/stranger"})
		r.code(c.id, url.Values{"redirect_uri": {webURI}})
	}
	r.signsInAt("one", s)
	id := r.signsInAt("two", s)
	got := r.logout(http.MethodGet, url.Values{"id_token_hint": {id}}, cookie)
	if strings.Count(got.body, "FRAME") != 20 || !strings.Contains(got.body, "/two?") || !strings.Contains(got.body, "/out?tenant=7") {
		t.Errorf("%d frames: %s", strings.Count(got.body, "FRAME"), got.body)
	}
}
