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

// linksOf are the links of a page to what a client shows of itself: text and address.
func linksOf(t *testing.T, body string) [][2]string {
	t.Helper()
	list := withID(t, body, "about-client")
	if list == nil {
		return nil
	}
	var all [][2]string
	for n := range list.Descendants() {
		if n.Data == "a" {
			all = append(all, [2]string{n.FirstChild.Data, attr(n, "href")})
			if attr(n, "rel") != "noopener noreferrer nofollow" || attr(n, "target") != "_blank" {
				t.Errorf("rel %q, target %q", attr(n, "rel"), attr(n, "target"))
			}
		}
	}
	return all
}

// A link that nobody has checked says in our words what it is, and where it leads.
func TestUncheckedLinks(t *testing.T) {
	q := consentPrompt()
	q.Client = "The Bank (bank.example) (app.example)"
	q.About = page.About{Home: "https://app.example/", Policy: "https://cdn.example:8443/p", Terms: "https://openid.net", Unchecked: true}
	body := promptPage(q).Body.String()
	want := [][2]string{{"Its website (app.example)", "https://app.example/"}, {"Its privacy policy (cdn.example:8443)", "https://cdn.example:8443/p"}, {"Its terms (openid.net)", "https://openid.net"}}
	if got := linksOf(t, body); !slices.Equal(got, want) {
		t.Errorf("links %q", got)
	}
	if withID(t, body, "unchecked") == nil {
		t.Error("the page does not say that nobody has checked them")
	}
	q.About.Unchecked = false
	if body := promptPage(q).Body.String(); withID(t, body, "unchecked") != nil || linksOf(t, body)[2][0] != "Its terms" {
		t.Errorf("what the operator has checked: %q", linksOf(t, body))
	}
}

// Attack: the address of a link hides where it leads. The host is shown as browsers look it
// up, and the link leads to what is shown, or there is none.
func TestAttackHostOfALink(t *testing.T) {
	for address, want := range map[string]string{
		"https://BANK.example/":                            "bank.example",
		"https://bank.example:443/":                        "bank.example",
		"https://bank.example:/":                           "bank.example",
		"https://b\u0430nk.example/":                       "xn--bnk-6cd.example", // a Cyrillic letter
		"https://bank\u3002example/":                       "bank.example",        // a full stop of another script
		"https://\uff42ank.example/":                       "bank.example",        // a wide letter
		"https://ex\u00adample.net/":                       "example.net",         // a hyphen that is not seen
		"https://\u05d0bank.example/":                      "",                    // letters in both directions
		"https://bank.example\u202e/":                      "",                    // turns what follows around
		"https://bank.example\\@evil.example/":             "",
		"https://bank.example@evil.example/":               "",
		"https://bank.example&amp;.evil.example/":          "",
		"https://<b>.example/":                             "",
		"https://bank_example/":                            "",
		"https://bank.example%2eevil.example/":             "",
		"https://bank..example/":                           "",
		"https://192.0.2.1/":                               "192.0.2.1",
		"https://2130706433/":                              "", // browsers go to 127.0.0.1
		"https://192.0.2/":                                 "",
		"https://bank.0x7F./":                              "",
		"https://99999999999999999999/":                    "",
		"https://bank.0example/":                           "bank.0example",
		"https://[2001:DB8::1]:8443/":                      "[2001:db8::1]:8443",
		"https://" + strings.Repeat("a.", 46) + "example/": strings.Repeat("a.", 46) + "example",
		"https://" + strings.Repeat("a.", 47) + "example/": "",
		"https://" + strings.Repeat("a", 64) + ".example/": "",
	} {
		q := consentPrompt()
		q.About = page.About{Terms: address, Unchecked: true}
		links := linksOf(t, promptPage(q).Body.String())
		switch {
		case want == "" && len(links) > 0:
			t.Errorf("%q: shown as %q", address, links)
		case want != "" && (len(links) != 1 || links[0] != [2]string{"Its terms (" + want + ")", "https://" + want + "/"}):
			t.Errorf("%q: shown as %q", address, links)
		}
	}
}
