package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAppInChromium: npm's oidc-client-ts, as an app of another origin that is all in the
// browser. Its scripts read discovery, keys, tokens and userinfo, a frame renews the tokens,
// another asks if the session has changed, and it hears that the user signed out elsewhere.
func TestAppInChromium(t *testing.T) {
	app := serveApp(t)
	issuer := serveFile(t, appConfig(t, app))
	v := &visitor{t: t, ctx: newChromium(t)}
	act(t, v.ctx, chromedp.Navigate(app+"/app.html#issuer="+issuer))
	act(t, v.ctx, chromedp.Evaluate[chromedp.Void](`void manager.signinRedirect({acr_values: "acr2", state: "kept"})`),
		chromedp.WaitVisible("#password"), chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", alicesPassword), chromedp.Click("#submit"),
		chromedp.WaitVisible("#code"))
	act(t, v.ctx, chromedp.KeyEvent(lastCode(t, issuer, "email")+"\r"))
	v.await(`location.search.includes("code=") && typeof manager === "object"`)
	for _, step := range []struct{ what, expression, want string }{
		{"signs in", `manager.signinCallback().then(user => told(user) + " " + user.state)`, "acr2 alice@example.com true kept"},
		{"refreshes", `manager.signinSilent().then(told)`, "acr2 alice@example.com true"},
		{"renews in a frame", `manager.getUser().then(user => manager.storeUser(Object.assign(user, {refresh_token: undefined}))).then(() => manager.signinSilent({acr_values: "acr2"})).then(told)`, "acr2 alice@example.com true"},
		{"pushes", `fetch("` + issuer + `/par", {method: "POST", body: new URLSearchParams({client_id: "spa", response_type: "code", scope: "openid",
			redirect_uri: location.origin + "/app.html", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256"})}).then(r => r.json()).then(r => String(r.expires_in))`, "90"},
		{"revokes", `manager.revokeTokens().then(() => manager.getUser()).then(user => String(Boolean(user.refresh_token)))`, "false"},
	} {
		if got := evaluate[string](v, step.expression); got != step.want {
			t.Errorf("%s: %q, not %q", step.what, got, step.want)
		}
	}
	signOutElsewhere(t, v, issuer)
	v.await(`signedOut`)
	if got := evaluate[string](v, `manager.removeUser().then(() => manager.signinSilent()).then(told, e => e.error)`); got != "login_required" {
		t.Errorf("renewed without a session: %q", got)
	}
}

// serveApp serves the app and the library that it uses.
func serveApp(t *testing.T) string {
	t.Helper()
	library, err := os.ReadFile("../../.cache/tools/clients/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js")
	if err != nil {
		t.Fatalf("oidc-client-ts is not installed: run make tools (%v)", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("testdata/spa")))
	mux.HandleFunc("/oidc-client-ts.min.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(library)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	// Of the provider's site, or Debian's Chromium would keep the cookies from the frames.
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// appConfig is the shipped configuration with the app.
func appConfig(t *testing.T, app string) string {
	t.Helper()
	return watchedBy(t, strings.ReplaceAll(`
[[clients]]
id = "spa"
redirect_uris = ["APP/app.html", "APP/silent.html"]
post_logout_redirect_uris = ["APP/app.html"]
journey = "levels"
`, "APP", app))
}

// signOutElsewhere signs the user out at the provider, in another tab.
func signOutElsewhere(t *testing.T, v *visitor, issuer string) {
	t.Helper()
	tab, cancel := chromedp.NewContext(v.ctx)
	defer cancel()
	act(t, tab, chromedp.Navigate(issuer+"/logout"), chromedp.WaitVisible("#logout-yes"), chromedp.Click("#logout-yes"), chromedp.WaitNotPresent("#logout-yes"))
}
