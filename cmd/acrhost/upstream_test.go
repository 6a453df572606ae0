package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/acrhost/acrhost/host/hosttest"
)

const passwordThenUpstream = `
issuer = "http://localhost:8080"
listen = "127.0.0.1:8080"
[demo]
enabled = true
[[demo.users]]
name = "alice"
password = "correct horse battery staple"
email = "alice@example.com"
[plugins.standard]
path = "plugins/dist/standard.wasm"
[[clients]]
id = "demo"
redirect_uris = ["http://localhost:8080/demo/callback"]
journey = "both"
[upstream.acme]
issuer   = "IDP"
client_id = "broker"
client_secret = "` + hosttest.Secret + `"
allow_acr = ["gold"]
amr = ["fed"]
link = "email"
email_domains = ["example.com"]
create = true
[journeys.both]
start = "password"
[journeys.both.steps.password]
use = "standard/password"
next = { ok = "there", failed = "password" }
[journeys.both.steps.there]
use = "standard/upstream"
config.provider = "acme"
next = { ok = "@success", failed = "@failure", cancelled = "@failure" }
[journeys.first]
start = "there"
[journeys.first.steps.there]
use = "standard/upstream"
config.provider = "acme"
next = { ok = "@success", failed = "@failure", cancelled = "@failure" }
[[clients]]
id = "first"
redirect_uris = ["http://localhost:8080/demo/callback"]
journey = "first"
`

// TestUpstreamInChromium: a real browser goes from a link, and from a form, to another
// provider and back, within the policies of our pages.
func TestUpstreamInChromium(t *testing.T) {
	idp, err := hosttest.NewIDP(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer idp.Close()
	idp.Say(hosttest.Says{ID: map[string]any{"sub": "alice-there", "acr": "gold", "email": "alice@example.com", "email_verified": true}})
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(strings.Replace(passwordThenUpstream, "IDP", idp.Issuer, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := serveFile(t, file)
	ctx := newChromium(t)
	defer hearPolicy(t, ctx).kept(t)

	act(t, ctx, chromedp.Navigate(issuer+"/demo"), chromedp.WaitVisible("#login-first"), chromedp.Click("#login-first"), chromedp.WaitVisible("#acr-trail"))
	if acr, amr := tokenSays(t, ctx); acr != "gold" || amr != "fed" {
		t.Errorf("from a link: acr %q, amr %q", acr, amr)
	}
	act(t, ctx,
		chromedp.Navigate(issuer+"/demo/login?client=demo&prompt=login"), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", "correct horse battery staple\r"), chromedp.WaitVisible("#acr-trail"))
	if acr, amr := tokenSays(t, ctx); acr != "gold" || !strings.Contains(amr, "pwd") || !strings.Contains(amr, "fed") {
		t.Errorf("from a form: acr %q, amr %q", acr, amr)
	}
}
