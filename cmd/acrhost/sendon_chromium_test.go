package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// broker is a relying party whose every page sends the browser on to another origin, as one
// does that signs users in for others.
func broker(t *testing.T) (party, home string) {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<p id="home">%s</p>`, r.URL.Path)
	}))
	t.Cleanup(app.Close)
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, app.URL+r.URL.Path, http.StatusSeeOther)
	}))
	t.Cleanup(between.Close)
	return between.URL, app.URL
}

// TestPartySendsOnInChromium: Chromium holds all redirects after a form to the form-action of its
// page. A client whose callback leads to another origin had its users stay at our form, in every
// mode, and so had one that users come back to from a logout.
func TestPartySendsOnInChromium(t *testing.T) {
	party, home := broker(t)
	issuer := serveFile(t, watchedBy(t, rpAt(party)))
	ctx := newChromium(t)
	defer hearPolicy(t, ctx).kept(t)
	arrives := func(path string) {
		t.Helper()
		act(t, ctx, chromedp.WaitVisible("#home"))
		if where, err := chromedp.Run(ctx, chromedp.Location()); err != nil || where != home+path {
			t.Errorf("the browser is at %s, %v", where, err)
		}
	}
	for _, mode := range []string{"query", "form_post"} {
		act(t, ctx, chromedp.Navigate(issuer+"/authorize?"+url.Values{
			"client_id": {"rp"}, "redirect_uri": {party + "/cb"}, "response_type": {"code"}, "scope": {"openid"}, "response_mode": {mode}, "prompt": {"login"},
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
		}.Encode()), chromedp.WaitVisible("#password"),
			chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", alicesPassword), chromedp.Click("#submit"))
		arrives("/cb")
	}
	act(t, ctx, chromedp.Navigate(issuer+"/logout?"+url.Values{"client_id": {"rp"}, "post_logout_redirect_uri": {party + "/bye"}}.Encode()),
		chromedp.WaitVisible("#logout-yes"), chromedp.Click("#logout-yes"))
	arrives("/bye")
}
