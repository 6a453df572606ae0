package page_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// imgSrc is what a page may show images of.
func imgSrc(t *testing.T, csp string) string {
	t.Helper()
	for directive := range strings.SplitSeq(csp, "; ") {
		if sources, ok := strings.CutPrefix(directive, "img-src "); ok {
			return sources
		}
	}
	t.Fatalf("no img-src in %q", csp)
	return ""
}

// withID finds an element; nil: there is none.
func withID(t *testing.T, body, id string) *html.Node {
	t.Helper()
	for n := range parse(t, body).Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

// about is what a client shows of itself.
func about() page.About {
	return page.About{
		Logo: "https://app.example.com/logo.png?v=1", Home: "https://app.example.com/", Policy: "https://app.example.com/privacy", Terms: "https://app.example.com/terms?a=b&c",
	}
}

// consentPrompt is a question of a client that shows something of itself.
func consentPrompt() page.Prompt {
	return page.Prompt{
		Prompt: &abi.Prompt{Title: "Allow access?", Actions: []abi.Action{{Name: "allow", Label: "Allow"}, {Name: "deny", Label: "Don’t allow"}}},
		Client: "Example App", About: about(), Action: "/login/r_1", Token: "0.token",
	}
}

// Who lets a device in decides about a client too.
func TestDeviceAbout(t *testing.T) {
	ask := page.DeviceConfirm{Action: "/device/confirm", Field: "token", Token: "t", Decision: "decision", Client: "Living Room TV", Scopes: []string{"openid"}, About: about()}
	w := written(func(w http.ResponseWriter, r *http.Request) { newPages().DeviceConfirm(w, r, ask) })
	golden(t, "device-confirm", w.Body.String())
	if got := imgSrc(t, w.Header().Get("Content-Security-Policy")); got != "'self' data: https://app.example.com/logo.png" {
		t.Errorf("img-src %s", got)
	}
	ask.About = page.About{Logo: "http://127.0.0.1/logo.png", Home: "javascript:alert(1)"}
	w = written(func(w http.ResponseWriter, r *http.Request) { newPages().DeviceConfirm(w, r, ask) })
	if withID(t, w.Body.String(), "client-logo") != nil || withID(t, w.Body.String(), "about-client") != nil || imgSrc(t, w.Header().Get("Content-Security-Policy")) != "'self' data:" {
		t.Errorf("%s\n%s", w.Header().Get("Content-Security-Policy"), w.Body)
	}
}

// Attack: addresses that run something, lead elsewhere, or widen the policy. None is shown,
// whoever let it in.
func TestAttackAbout(t *testing.T) {
	for _, bad := range append(slices.Clone(attacks),
		"http://app.example.com/logo.png", "http://127.0.0.1/logo.png", "data:text/html,<script>alert(1)</script>", "//app.example.com/logo.png", "/logout", "https:///logo.png",
		"https://user:password@app.example.com/logo.png", "https:app.example.com/logo.png", " https://app.example.com/logo.png", "https://app.example.com\x00/logo.png",
	) {
		q := consentPrompt()
		q.About = page.About{Logo: bad, Home: bad, Policy: bad, Terms: bad}
		w := promptPage(q)
		if withID(t, w.Body.String(), "about-client") != nil || withID(t, w.Body.String(), "client-logo") != nil || imgSrc(t, w.Header().Get("Content-Security-Policy")) != "'self' data:" {
			t.Errorf("%q: %s\n%s", bad, w.Header().Get("Content-Security-Policy"), w.Body)
		}
	}
}

// Attack: a logo's address becomes a source of the policy. It is that one image or none:
// not a server, not a directive of its own.
func TestAttackLogoSource(t *testing.T) {
	for logo, want := range map[string]string{
		"https://app.example.com/a.png; script-src *": "",
		"https://app.example.com/a,b.png":             "",
		"https://app.example.com":                     "",
		"https://app.example.com/":                    "",
		"https://app.example.com/logos/":              "",
		"https://app.example.com?x":                   "",
		"https://*/a.png":                             "",
		"https://*.example.com/a.png":                 "",
		"https://[2001:db8::1]/a.png":                 "",
		"https://app.example.com:8443/a.png":          "https://app.example.com:8443/a.png",
		"HTTPS://App.example.com/a'b.png":             "",
	} {
		q := consentPrompt()
		q.About = page.About{Logo: logo}
		w := promptPage(q)
		csp := w.Header().Get("Content-Security-Policy")
		got := strings.TrimSpace(strings.TrimPrefix(imgSrc(t, csp), "'self' data:"))
		shown := withID(t, w.Body.String(), "client-logo") != nil
		if strings.Contains(csp, "script-src") || strings.Contains(got, "*") || (got != "") != shown || want == "" && got != "" {
			t.Errorf("%q: img-src has %q, shown %t", logo, got, shown)
		}
	}
}
