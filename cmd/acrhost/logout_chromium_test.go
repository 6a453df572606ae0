package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserParty is a relying party of another origin that lives in the browser: its page asks
// the provider's frame whether the session has changed, and it can be signed out in a frame.
// It is of the provider's site, or Debian's Chromium would keep the cookie from the frame.
type browserParty struct {
	*httptest.Server
	issuer string
	mu     sync.Mutex
	outs   []url.Values // with which its frame was loaded
}

func newBrowserParty(t *testing.T) *browserParty {
	t.Helper()
	p := &browserParty{}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	p.URL = strings.Replace(p.URL, "127.0.0.1", "localhost", 1)
	t.Cleanup(p.Close)
	return p
}

func (p *browserParty) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	switch r.URL.Path {
	case "/cb":
		fmt.Fprintf(w, `<!doctype html><p id="answer">asking</p><iframe id="op" src="%s/check-session"></iframe><script>
			onmessage = (e) => { if (e.origin === %[1]q) answer.textContent = e.data }
			op.onload = () => op.contentWindow.postMessage("rp " + new URLSearchParams(location.search).get("session_state"), %[1]q)
		</script>`, p.issuer)
	case "/out":
		p.mu.Lock()
		defer p.mu.Unlock()
		p.outs = append(p.outs, r.URL.Query())
	case "/bye":
		fmt.Fprintf(w, `<p id="bye">%s</p>`, r.URL.Query().Get("state"))
	}
}

func (p *browserParty) signedOut() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]url.Values(nil), p.outs...)
}

// rpAt is the client rp at an address, with a journey; more are lines of the client's.
func rpAt(address string, more ...string) string {
	return strings.ReplaceAll(`
[[clients]]
id = "rp"
redirect_uris = ["PARTY/cb"]
post_logout_redirect_uris = ["PARTY/bye"]
journey = "plain"
`+strings.Join(more, "\n")+`

[journeys.plain]
start = "password"

[journeys.plain.steps.password]
use = "standard/password"
next = { ok = "@success", failed = "password" }
`, "PARTY", address)
}

// watchedBy is a file of the shipped configuration with clients that watch the session.
func watchedBy(t *testing.T, clients string) (file string) {
	t.Helper()
	shipped, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte("session_management = true\n"+string(shipped)+clients), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSessionInChromium: oidcc-session-management-rp-initiated-logout and
// oidcc-frontchannel-rp-initiated-logout, at a browser.
func TestSessionInChromium(t *testing.T) {
	party := newBrowserParty(t)
	party.issuer = serveFile(t, watchedBy(t, rpAt(party.URL, `frontchannel_logout_uri = "PARTY/out"`)))
	ctx := newChromium(t)
	defer hearPolicy(t, ctx).kept(t)

	act(t, ctx, chromedp.Navigate(party.issuer+"/authorize?"+url.Values{
		"client_id": {"rp"}, "redirect_uri": {party.URL + "/cb"}, "response_type": {"code"}, "scope": {"openid"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}.Encode()), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", alicesPassword), chromedp.Click("#submit"))
	hears(t, ctx, "unchanged")
	byForm(t, ctx, party)
	where, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	// What another page makes up, and another client's word, is not the session's.
	act(t, ctx, chromedp.Navigate(party.URL+"/cb?session_state=x"))
	hears(t, ctx, "error")
	act(t, ctx, chromedp.Navigate(party.URL+"/cb?session_state=x.y"))
	hears(t, ctx, "changed")

	act(t, ctx, chromedp.Navigate(party.issuer+"/logout?"+url.Values{
		"client_id": {"rp"}, "post_logout_redirect_uri": {party.URL + "/bye"}, "state": {"back"},
	}.Encode()), chromedp.WaitVisible("#logout-yes"), chromedp.Click("#logout-yes"), chromedp.WaitVisible("#bye"))
	if got := textOf(t, ctx, "#bye"); got != "back" {
		t.Errorf("state %q", got)
	}
	outs := party.signedOut()
	if len(outs) != 1 || outs[0].Get("iss") != party.issuer || outs[0].Get("sid") == "" {
		t.Errorf("the frame was loaded with %v", outs)
	}
	act(t, ctx, chromedp.Navigate(where))
	hears(t, ctx, "changed")
}

// byForm signs in by a form of another site, with which the browser does not send the
// session's cookie: nothing is asked all the same.
func byForm(t *testing.T, ctx context.Context, party *browserParty) {
	t.Helper()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><form method="post" action="%s/authorize"><input name="client_id" value="rp"><input name="redirect_uri" value="%s/cb">
			<input name="response_type" value="code"><input name="scope" value="openid"><input name="prompt" value="none"><input name="state" value="by form">
			<input name="code_challenge" value="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"><input name="code_challenge_method" value="S256">
			<button id="go">Sign in</button></form>`, party.issuer, party.URL)
	}))
	defer other.Close()
	act(t, ctx, chromedp.Navigate(other.URL), chromedp.Click("#go"), chromedp.WaitVisible("#answer"))
	where, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil || !strings.Contains(where, "code=") || !strings.Contains(where, "state=by+form") {
		t.Errorf("at %s: %v", where, err)
	}
	hears(t, ctx, "unchanged")
}

// hears waits for what the provider's frame said.
func hears(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	var got string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got = textOf(t, ctx, "#answer"); got == want {
			return
		}
	}
	t.Fatalf("the frame said %q, not %q", got, want)
}
