package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

var update = flag.Bool("update", false, "write the golden files anew")

func newPages() *page.Pages {
	return page.New(page.Config{RequestID: func(*http.Request) string { return "REQUEST1" }})
}

// written is what a page writes.
func written(write func(http.ResponseWriter, *http.Request)) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	write(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func promptPage(q page.Prompt) *httptest.ResponseRecorder {
	return written(func(w http.ResponseWriter, r *http.Request) { newPages().Prompt(w, r, q) })
}

func passwordPrompt() page.Prompt {
	return page.Prompt{
		Prompt: &abi.Prompt{
			Title: "Your password",
			Text:  "Sign in with your account.",
			Error: "That user name and password do not match.",
			Fields: []abi.Field{
				{Name: "username", Type: abi.Username, Label: "User name", Value: "alice", Required: true},
				{Name: "password", Type: abi.Password, Label: "Password", Value: "never shown", Required: true},
				{Name: "flow", Type: abi.Hidden, Value: "7"},
			},
			Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "forgot", Label: "Forgot it?"}},
		},
		Journey: "Sign in to Example Bank", Client: "Example App",
		Action: "/login/r_1", Token: "0.token", FormTarget: "https://client.example",
	}
}

// everyField has one field of each type, and an error and a hint for each.
func everyField() page.Prompt {
	options := []abi.Option{{Value: "a", Label: "First"}, {Value: "b"}}
	q := page.Prompt{Prompt: &abi.Prompt{}, Action: "/login/r_1", Token: "0.token"}
	for _, kind := range []abi.FieldType{
		abi.Text, abi.Username, abi.Password, abi.NewPassword, abi.OTP, abi.Email, abi.Tel, abi.Select, abi.Radio,
		abi.Checkbox, abi.Hidden, abi.Info, abi.PasskeyGet, abi.PasskeyCreate,
	} {
		f := abi.Field{Name: string(kind), Type: kind, Label: "The " + string(kind), Value: "value", Hint: "A hint.", Error: "It is wrong.", Required: true}
		switch kind {
		case abi.Select, abi.Radio:
			f.Options, f.Value = options, "b"
		case abi.Checkbox:
			f.Value = "true"
		}
		q.Fields = append(q.Fields, f)
	}
	return q
}

func TestGolden(t *testing.T) {
	tests := []struct {
		name  string
		write func(http.ResponseWriter, *http.Request)
	}{
		{"prompt-password", func(w http.ResponseWriter, r *http.Request) { newPages().Prompt(w, r, passwordPrompt()) }},
		{"prompt-every-field", func(w http.ResponseWriter, r *http.Request) { newPages().Prompt(w, r, everyField()) }},
		{"prompt-nothing", func(w http.ResponseWriter, r *http.Request) {
			newPages().Prompt(w, r, page.Prompt{Prompt: &abi.Prompt{}, Action: "/login/r_1", Token: "0.token"})
		}},
		{"error", func(w http.ResponseWriter, r *http.Request) {
			newPages().Fault(w, r, page.Fault{Status: http.StatusForbidden, Title: "This form was not accepted", Advice: "Start again."})
		}},
		{"error-reason", func(w http.ResponseWriter, r *http.Request) {
			newPages().Fault(w, r, page.Fault{Status: http.StatusBadRequest, Title: "This sign-in link does not work", Advice: "Go back.", Reason: "The address to send you back to is missing (redirect_uri)."})
		}},
		{"finished", newPages().Finished},
		{"index", func(w http.ResponseWriter, r *http.Request) {
			newPages().Index(w, r, page.Index{Issuer: "http://localhost:8080", Demo: true, Account: true})
		}},
		{"form_post", func(w http.ResponseWriter, r *http.Request) {
			if err := newPages().Respond(w, r, formPost("https://client.example/callback?a=b&c")); err != nil {
				t.Error(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			golden(t, tt.name, written(tt.write).Body.String())
		})
	}
}

// What a client shows of itself is on each page of its login. Its logo is the one thing of
// another origin there, and what its address could do to the policy is left out.
func TestPromptAbout(t *testing.T) {
	q := passwordPrompt()
	q.About = page.About{Home: "https://client.example/", Logo: "https://cdn.example/logo.png?v=1", Policy: "https://client.example/privacy", Terms: "https://client.example/terms?a=1&b=2"}
	w := promptPage(q)
	golden(t, "prompt-about", w.Body.String())
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "; img-src 'self' data: https://cdn.example/logo.png; ") {
		t.Errorf("policy %s", csp)
	}
	for name, logo := range map[string]string{
		"another directive": "https://cdn.example/;script-src *", "a list": "https://cdn.example/ https://evil.example", "everything": "https://*",
	} {
		t.Run(name, func(t *testing.T) {
			q.About = page.About{Logo: logo, Home: `javascript:alert(1)`, Policy: `https://a.example/"><script>`}
			w := promptPage(q)
			csp := w.Header().Get("Content-Security-Policy")
			if strings.Contains(csp, "script-src") || strings.Contains(csp, "evil") || strings.Contains(csp, "*") {
				t.Errorf("policy %s", csp)
			}
			if body := w.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, `"javascript:`) {
				t.Errorf("%s", body)
			}
		})
	}
}

// golden compares a page with its file. The name of the style sheet is left out.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, stylesheet(t, got), "/assets/STYLE.css")
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./host/page -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func stylesheet(t *testing.T, body string) string {
	t.Helper()
	for n := range parse(t, body).Descendants() {
		if n.DataAtom == atom.Link && attr(n, "rel") == "stylesheet" {
			return attr(n, "href")
		}
	}
	t.Fatal("the page has no style sheet")
	return ""
}

func formPost(uri string) page.Response {
	return page.Response{URL: uri, Mode: page.ModeFormPost, Params: url.Values{"code": {"c"}, "state": {`"><b>`}, "submit": {"x"}}}
}

// What a generic form client looks for: fields by name, buttons by id, one cursor.
func TestPromptForm(t *testing.T) {
	root := parse(t, promptPage(passwordPrompt()).Body.String())
	byID := map[string]*html.Node{}
	focused := 0
	for n := range root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if byID[id] != nil {
				t.Errorf("two elements have the id %q", id)
			}
			byID[id] = n
		}
		if hasAttr(n, "autofocus") {
			focused++
		}
	}
	want := []struct{ id, name, value string }{
		{"username", "type", "text"}, {"username", "autocomplete", "username"}, {"username", "value", "alice"},
		{"password", "type", "password"}, {"password", "autocomplete", "current-password"}, {"password", "value", ""},
		{"submit", "name", "_action"}, {"submit", "value", "submit"}, {"forgot", "value", "forgot"},
		{"_error", "role", "alert"},
	}
	for _, w := range want {
		if n := byID[w.id]; n == nil || attr(n, w.name) != w.value {
			t.Errorf("the element %q does not have %s=%q", w.id, w.name, w.value)
		}
	}
	if focused != 1 || !hasAttr(byID["password"], "autofocus") {
		t.Errorf("%d fields have the cursor", focused)
	}
	if hasAttr(byID["submit"], "formnovalidate") || !hasAttr(byID["forgot"], "formnovalidate") {
		t.Error("only the first button wants the form filled in")
	}
}

// Every label is for a field, every description exists.
func TestAccessible(t *testing.T) {
	root := parse(t, promptPage(everyField()).Body.String())
	ids := map[string]bool{}
	for n := range root.Descendants() {
		ids[attr(n, "id")] = true
	}
	labelled := map[string]bool{}
	for n := range root.Descendants() {
		for _, id := range append(strings.Fields(attr(n, "aria-describedby")), attr(n, "for")) {
			if !ids[id] {
				t.Errorf("%s points at %q, which is not there", n.Data, id)
			}
		}
		labelled[attr(n, "for")] = true
	}
	for n := range root.Descendants() {
		typed := n.DataAtom == atom.Input && attr(n, "type") != "hidden" || n.DataAtom == atom.Select
		if typed && !labelled[attr(n, "id")] {
			t.Errorf("%s %q has no label", n.Data, attr(n, "name"))
		}
	}
}

// A page that says that there is no time says when there may be (RFC 9110 15.6.4).
func TestRetryAfter(t *testing.T) {
	for status, want := range map[int]string{http.StatusServiceUnavailable: "5", http.StatusInternalServerError: ""} {
		w := written(func(w http.ResponseWriter, r *http.Request) {
			newPages().Fault(w, r, page.Fault{Status: status, Title: "T"})
		})
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name, target, formAction string
	}{
		{"none", "", "form-action 'self'"},
		{"origin", "https://client.example", "form-action 'self' https:"},
		{"port", "http://127.0.0.1:5555", "form-action 'self' https: http:"},
		{"an app's scheme", "com.example.app:", "form-action 'self' com.example.app:"},
		{"IPv6", "http://[::1]:5555", "form-action 'self' https: http:"},
		{"another directive", "app://x; script-src *", "form-action 'self'"},
		{"another source", "app://x app://y", "form-action 'self'"},
		{"everything", "*", "form-action 'self'"},
		{"another directive, of the web", "https://x; script-src *", "form-action 'self' https:"},
		{"another header", "app://x\r\nX: y", "form-action 'self'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := passwordPrompt()
			q.FormTarget = tt.target
			h := promptPage(q).Header()
			want := "default-src 'none'; style-src 'self'; img-src 'self' data:; " + tt.formAction + "; frame-ancestors 'none'; base-uri 'none'"
			if got := h.Get("Content-Security-Policy"); got != want {
				t.Errorf("policy is\n%s, not\n%s", got, want)
			}
			for name, value := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
				"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
				"Content-Type": "text/html; charset=utf-8",
			} {
				if got := h.Get(name); got != value {
					t.Errorf("%s is %q, not %q", name, got, value)
				}
			}
		})
	}
}

func TestStylesheet(t *testing.T) {
	mux := chi.NewRouter()
	newPages().Routes(mux)
	path := stylesheet(t, written(newPages().Finished).Body.String())
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/css; charset=utf-8" || w.Body.Len() == 0 {
		t.Errorf("%s is %d %v", path, w.Code, w.Header())
	}
	if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control is %q", got)
	}
}

func TestRespondByQuery(t *testing.T) {
	tests := []struct{ uri, want string }{
		{"https://c.example/cb", "https://c.example/cb?code=c&state=a+b"},
		{"https://c.example/cb?x=%7e&y", "https://c.example/cb?x=%7e&y&code=c&state=a+b"},
		{"https://c.example/cb?", "https://c.example/cb?code=c&state=a+b"},
		{"https://c.example/cb?x&", "https://c.example/cb?x&code=c&state=a+b"},
		{"com.example.app:/cb", "com.example.app:/cb?code=c&state=a+b"},
	}
	for _, tt := range tests {
		w := written(func(w http.ResponseWriter, r *http.Request) {
			err := newPages().Respond(w, r, page.Response{URL: tt.uri, Mode: page.ModeQuery, Params: url.Values{"state": {"a b"}, "code": {"c"}}})
			if err != nil {
				t.Error(err)
			}
		})
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != tt.want {
			t.Errorf("%s: %d to %s, not %s", tt.uri, w.Code, got, tt.want)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers %v", w.Header())
		}
	}
}

// What stands in a fragment no server sees; the redirect URI's own query stays as it is.
func TestRespondByFragment(t *testing.T) {
	for uri, want := range map[string]string{
		"https://c.example/cb":       "https://c.example/cb#access_token=a.b&state=a+b%23",
		"https://c.example/cb?x=%7e": "https://c.example/cb?x=%7e#access_token=a.b&state=a+b%23",
		"com.example.app:/cb":        "com.example.app:/cb#access_token=a.b&state=a+b%23",
	} {
		w := written(func(w http.ResponseWriter, r *http.Request) {
			err := newPages().Respond(w, r, page.Response{URL: uri, Mode: page.ModeFragment, Params: url.Values{"state": {"a b#"}, "access_token": {"a.b"}}})
			if err != nil {
				t.Error(err)
			}
		})
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%s: %d to %s, not %s", uri, w.Code, got, want)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" || w.Body.Len() > 0 {
			t.Errorf("headers %v, body %q", w.Header(), w.Body)
		}
	}
}

func TestRespondRefuses(t *testing.T) {
	for _, resp := range []page.Response{
		{URL: "", Mode: page.ModeQuery},
		{URL: "/relative", Mode: page.ModeQuery},
		{URL: "https://c.example/", Mode: "hash"},
		formPost("javascript:alert(1)"), formPost("JavaScript:alert(1)"), formPost("data:text/html,x"),
		formPost("//c.example/"), formPost("https://c.example/\n"),
	} {
		w := httptest.NewRecorder()
		if err := newPages().Respond(w, httptest.NewRequest(http.MethodGet, "/", nil), resp); err == nil {
			t.Errorf("went to %q by %s", resp.URL, resp.Mode)
		}
		if w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("%q: something was written", resp.URL)
		}
	}
}

// The policy allows the one script of the page, by its hash, and the one target.
func TestFormPostPolicy(t *testing.T) {
	w := written(func(w http.ResponseWriter, r *http.Request) {
		if err := newPages().Respond(w, r, formPost("https://client.example/callback")); err != nil {
			t.Error(err)
		}
	})
	var scripts []string
	for n := range parse(t, w.Body.String()).Descendants() {
		if n.DataAtom == atom.Script {
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			scripts = append(scripts, "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
	}
	policy := strings.Split(w.Header().Get("Content-Security-Policy"), "; ")
	if len(scripts) != 1 || !slices.Contains(policy, scripts[0]) {
		t.Errorf("scripts %q, policy %q", scripts, policy)
	}
	if !slices.Contains(policy, "form-action 'self' https:") {
		t.Errorf("policy %q", policy)
	}
}

func TestUnknownPage(t *testing.T) {
	w := written(func(w http.ResponseWriter, _ *http.Request) { newPages().Render(w, http.StatusOK, "no-such-page", nil) })
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "no-such-page") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func parse(t *testing.T, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// A password that is chosen is for the password manager to make up and keep, under
// the name that stands beside it and can't be changed.
func TestNewPasswordForm(t *testing.T) {
	root := parse(t, promptPage(page.Prompt{Prompt: &abi.Prompt{Fields: []abi.Field{
		{Name: "username", Type: abi.Username, Value: "alice", ReadOnly: true},
		{Name: "new_password", Type: abi.NewPassword, Value: "never shown", Required: true},
	}}}).Body.String())
	for n := range root.Descendants() {
		switch attr(n, "id") {
		case "username":
			if !hasAttr(n, "readonly") || attr(n, "autocomplete") != "username" || attr(n, "value") != "alice" || hasAttr(n, "autofocus") {
				t.Errorf("user name: %+v", n.Attr)
			}
		case "new_password":
			if hasAttr(n, "readonly") || attr(n, "autocomplete") != "new-password" || attr(n, "type") != "password" || attr(n, "value") != "" || !hasAttr(n, "autofocus") {
				t.Errorf("new password: %+v", n.Attr)
			}
		}
	}
}
