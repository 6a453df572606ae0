package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// TestAppAuth: AppAuth-JS as an app on the user's own machine (RFC 8252), by each way in
// which the browser comes back to it.
func TestAppAuth(t *testing.T) {
	issuer := hosttest.Run(t, hosttest.Load(t, "testdata/node/config.toml"), nil)
	for name, redirect := range map[string]string{
		"a free port of 127.0.0.1": "", // the app listens on one
		"a free port of [::1]":     "http://[::1]:61023/callback",
		"a scheme of its own":      "com.example.app:/oauth2redirect",
	} {
		t.Run(name, func(t *testing.T) {
			alice := person(t, issuer)
			app := startNode(t, "appauth.mjs")
			app.say(map[string]any{"issuer": issuer, "client": "native", "redirect": redirect, "modules": modules(t)})
			app.brings(alice, app.hear()["authorize"].(string), redirect == "")
			want := map[string]any{
				"type": "Bearer", "acr": "1.0", "nonce": true, "name": true, "again": "1.0", "rotated": true, "replayed": "Bad Request", "family": "Bad Request",
			}
			if diff := cmp.Diff(want, app.hear()); diff != "" {
				t.Error(diff)
			}
			page, err := alice.Browser.Get(app.hear()["leave"].(string))
			if err != nil || page.URL.String() != "com.example.app:/signed-out?state=a+state" {
				t.Fatal(page, err)
			}
			if page, err = alice.Browser.Get(issuer + "/authorize?" + native(url.Values{"prompt": {"none"}}).Encode()); err != nil || page.Params().Get("error") != "login_required" {
				t.Error("after the logout:", page, err)
			}
		})
	}
	attackNative(t, issuer)
}

// brings has alice log in, and the browser hand the answer to the app: to where it listens,
// or by the system.
func (s *talk) brings(alice *hosttest.Person, address string, listens bool) {
	s.Helper()
	page, _, err := alice.Visit(address)
	if err != nil {
		s.Fatal(err)
	}
	if !listens {
		s.say(map[string]any{"callback": page.URL.String()})
		return
	}
	res, err := http.Get(page.URL.String())
	if err != nil {
		s.Fatal(err)
	}
	res.Body.Close()
}

// native is a request of the app's; an empty list takes a parameter out.
func native(change url.Values) url.Values {
	q := good("native", url.Values{"redirect_uri": {"com.example.app:/oauth2redirect"}, "scope": {"openid"}})
	for name, values := range change {
		if q[name] = values; len(values) == 0 {
			q.Del(name)
		}
	}
	return q
}

// attackNative: what another app on the machine, or a site, might make of the app's
// registration (RFC 8252 8). Nothing is asked of the user.
func attackNative(t *testing.T, issuer string) {
	t.Helper()
	for name, row := range map[string]struct {
		change url.Values
		want   string // the error that the app gets; empty: a page, and no redirect
	}{
		"loopback, other path":        {url.Values{"redirect_uri": {"http://127.0.0.1:5000/other"}}, ""},
		"loopback, path below":        {url.Values{"redirect_uri": {"http://127.0.0.1:5000/callback/x"}}, ""},
		"loopback, query":             {url.Values{"redirect_uri": {"http://127.0.0.1:5000/callback?to=evil"}}, ""},
		"loopback by name":            {url.Values{"redirect_uri": {"http://localhost:5000/callback"}}, ""},
		"loopback by another address": {url.Values{"redirect_uri": {"http://127.0.0.2:5000/callback"}}, ""},
		"loopback over TLS":           {url.Values{"redirect_uri": {"https://127.0.0.1:5000/callback"}}, ""},
		"all interfaces":              {url.Values{"redirect_uri": {"http://0.0.0.0:5000/callback"}}, ""},
		"all interfaces, IPv6":        {url.Values{"redirect_uri": {"http://[::]:5000/callback"}}, ""},
		"a host that begins like it":  {url.Values{"redirect_uri": {"http://127.0.0.1.evil.example:5000/callback"}}, ""},
		"a user that reads like it":   {url.Values{"redirect_uri": {"http://127.0.0.1:5000@evil.example/callback"}}, ""},
		"scheme, other path":          {url.Values{"redirect_uri": {"com.example.app:/other"}}, ""},
		"scheme, with a host":         {url.Values{"redirect_uri": {"com.example.app://oauth2redirect"}}, ""},
		"scheme of another app":       {url.Values{"redirect_uri": {"com.example.app2:/oauth2redirect"}}, ""},
		"scheme in capitals":          {url.Values{"redirect_uri": {"COM.EXAMPLE.APP:/oauth2redirect"}}, ""},
		"no PKCE":                     {url.Values{"code_challenge": {}, "code_challenge_method": {}}, "invalid_request"},
		"plain PKCE":                  {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"PKCE without a method":       {url.Values{"code_challenge_method": {}}, "invalid_request"},
		"tokens in the address":       {url.Values{"response_type": {"id_token token"}}, "unauthorized_client"},
	} {
		t.Run("attack: "+name, func(t *testing.T) {
			page, err := person(t, issuer).Browser.Get(issuer + "/authorize?" + native(row.change).Encode())
			if err != nil {
				t.Fatal(err)
			}
			if row.want == "" && (page.Status != http.StatusBadRequest || page.URL.Path != "/authorize") {
				t.Errorf("status %d at %s", page.Status, page.URL)
			}
			if got := page.Params(); row.want != "" && (got.Get("error") != row.want || got.Get("state") != "the state" || got.Has("code")) {
				t.Errorf("at %s", page.URL)
			}
		})
	}
}
