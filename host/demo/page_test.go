package demo_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/acrhost/acrhost/host/store"
)

// elements are the page's elements by id; a name that is used twice fails the
// test, and so does an element that only an attack could have made.
func elements(t *testing.T, document string) map[string]*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*html.Node{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" || n.Data == "img" || n.Data == "b" {
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("<%s> has %s", n.Data, a.Key)
			}
			if a.Key == "id" && byID[a.Val] != nil {
				t.Errorf("two elements are called %s", a.Val)
			}
			if a.Key == "id" {
				byID[a.Val] = n
			}
		}
	}
	return byID
}

// text is what a person reads in an element.
func text(n *html.Node) string {
	if n == nil {
		return "(no such element)"
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestHomePage(t *testing.T) {
	byID := elements(t, newSite(t).get("/demo").body)
	for _, id := range []string{"acr_values", "prompt", "login-demo", "login-demo-levels", "logout"} {
		if byID[id] == nil {
			t.Errorf("the page has no %s", id)
		}
	}
	if got := text(byID["login-demo-levels"]); got != "Levels" {
		t.Errorf("the button reads %q", got)
	}
}

func TestResultPage(t *testing.T) {
	s := newSite(t)
	byID := elements(t, s.get("/demo/login?client=demo&acr_values=a%26b%22+c").body)
	for id, want := range map[string]string{
		"acr": "2.0", "amr": "pwd, sms, mfa", "sub": "u_alice",
		"id-token-claims": `"acr": "2.0"`, "access-token-claims": `"grant_id": "g_1"`, "userinfo-claims": `"email": "alice@example.com"`,
		"acr-trail": "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
	} {
		if got := text(byID[id]); !strings.Contains(got, want) {
			t.Errorf("%s reads %q", id, got)
		}
	}
	again, err := url.Parse(attribute(byID["again-login"], "href"))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"client": {"demo"}, "acr_values": {`a&b" c`}, "prompt": {"login"}}
	if again.Path != "/demo/login" || again.Query().Encode() != want.Encode() {
		t.Errorf("again leads to %s", again)
	}
	if attribute(byID["acr_values"], "value") != `a&b" c` {
		t.Errorf("the form forgot acr_values: %q", attribute(byID["acr_values"], "value"))
	}
}

func TestResultPageWithoutACR(t *testing.T) {
	s := newSite(t)
	s.bendID = func(c map[string]any) { delete(c, "acr") }
	byID := elements(t, s.get("/demo/login?client=demo").body)
	if byID["acr"] != nil || byID["acr-absent"] == nil {
		t.Errorf("acr reads %q", text(byID["acr"]))
	}
}

// HTML in what the provider says, what a user is called and what was sent is text.
func TestPagesEscape(t *testing.T) {
	const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)><b>`
	t.Run("error", func(t *testing.T) {
		s := newSite(t)
		s.bendAnswer = func(v url.Values) { v.Set("error", attack); v.Set("error_description", attack) }
		byID := elements(t, s.get("/demo/login?client=demo&acr_values="+url.QueryEscape(attack)).body)
		if text(byID["error"]) != attack || text(byID["error_description"]) != attack {
			t.Errorf("error reads %q, %q", text(byID["error"]), text(byID["error_description"]))
		}
	})
	t.Run("claims", func(t *testing.T) {
		s := newSite(t)
		s.bendID = func(c map[string]any) { c["acr"], c["amr"], c["name"] = attack, []string{attack}, attack }
		byID := elements(t, s.get("/demo/login?client=demo").body)
		if text(byID["acr"]) != attack || text(byID["amr"]) != attack {
			t.Errorf("acr reads %q", text(byID["acr"]))
		}
	})
	t.Run("outbox", func(t *testing.T) {
		s := newSite(t)
		if err := s.outbox.AddMessage(t.Context(), store.Message{At: time.Now(), To: attack, Channel: attack, Text: attack}); err != nil {
			t.Fatal(err)
		}
		if got := text(elements(t, s.get("/demo/outbox").body)["outbox"]); strings.Count(got, attack) != 3 {
			t.Errorf("outbox reads %q", got)
		}
	})
}

func TestEmptyOutboxPage(t *testing.T) {
	if byID := elements(t, newSite(t).get("/demo/outbox").body); byID["outbox-empty"] == nil || byID["outbox"] != nil {
		t.Error("the empty outbox does not say so")
	}
}
