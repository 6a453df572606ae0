package oidc_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestAuthorizeAnswersWithACode(t *testing.T) {
	for name, ask := range map[string]func(r *rig, q url.Values) reply{
		"GET":  func(r *rig, q url.Values) reply { return r.get("/authorize", q) },
		"POST": func(r *rig, q url.Values) reply { return r.post("/authorize", q) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := ask(r, good("spa", nil))
			if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), spaURI+"?") {
				t.Fatalf("status %d to %s", a.StatusCode, a.Header.Get("Location"))
			}
			if a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
			}
			got := a.sent(t)
			if len(got.Get("code")) < 43 {
				t.Errorf("code %q has under 256 bits", got.Get("code"))
			}
			got.Del("code")
			if diff := cmp.Diff(url.Values{"state": {"the state"}, "iss": {r.server.URL}}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAuthorizeHandsOnTheRequest(t *testing.T) {
	r := newRig(t)
	r.get("/authorize", good("spa", url.Values{
		"scope": {"openid  email openid unknown"}, "acr_values": {"2.5 2.0"}, "max_age": {"60"}, "prompt": {"login select_account"},
		"login_hint": {"alice"}, "ui_locales": {"nb en"}, "unknown": {"a", "b"}, "nonce": {},
	}))
	want := login.Request{
		For: oidc.LoginsFor, Journey: "bank", Client: "The App", RawACR: "2.5 2.0", Interactive: true, IgnoreEvidence: true,
		MaxAge: new(time.Minute), RedirectOrigin: "https://spa.example.com",
		Request: abi.Request{
			ClientID: "spa", ACRValues: []string{"2.5", "2.0"}, Scope: []string{"openid", "email"}, Prompt: []string{"login", "select_account"},
			MaxAge: new(int64(60)), LoginHint: new("alice"), UILocales: []string{"nb", "en"},
		},
	}
	got := r.login.last(t)
	got.Resume = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorizeEvidence(t *testing.T) {
	for name, row := range map[string]struct {
		extra       url.Values
		interactive bool
		ignore      bool
	}{
		"nothing":        {url.Values{}, true, false},
		"none":           {url.Values{"prompt": {"none"}}, false, false},
		"login":          {url.Values{"prompt": {"login"}}, true, true},
		"select_account": {url.Values{"prompt": {"select_account"}}, true, true},
		"max_age 0":      {url.Values{"max_age": {"0"}}, true, true},
		"max_age 1":      {url.Values{"max_age": {"1"}}, true, false},
		"max_age 00":     {url.Values{"max_age": {"00"}}, true, true},
		"max_age huge":   {url.Values{"max_age": {strings.Repeat("9", 40)}}, true, false},
		"empty":          {url.Values{"max_age": {""}, "prompt": {""}}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.get("/authorize", good("spa", row.extra))
			got := r.login.last(t)
			if got.Interactive != row.interactive || got.IgnoreEvidence != row.ignore {
				t.Errorf("interactive %v, ignores evidence %v", got.Interactive, got.IgnoreEvidence)
			}
			if got.MaxAge != nil && *got.MaxAge < 0 {
				t.Errorf("max age %v", *got.MaxAge)
			}
		})
	}
}

func TestAuthorizeChoosesTheJourney(t *testing.T) {
	for _, row := range []struct{ client, acr, want, raw string }{
		{"spa", "", "bank", ""},
		{"spa", "9 3.0", "strongest", "9 3.0"},
		{"spa", "9", "bank", "9"},
		{"short", "", "default", ""},
		{"strict", "", "strong", "2.0 2.5"},
		{"strict", "3.0", "default", "3.0"}, // its own table, not the provider's
	} {
		r := newRig(t)
		r.get("/authorize", good(row.client, url.Values{"acr_values": {row.acr}, "scope": {"openid"}}))
		if got := r.login.last(t); got.Journey != row.want || got.RawACR != row.raw {
			t.Errorf("%s asks for %q: journey %s, acr %q; want %s, %q", row.client, row.acr, got.Journey, got.RawACR, row.want, row.raw)
		}
	}
}

// Before client and redirect URI are proven, a fault is a page and nothing else.
func TestAuthorizeFaultsThatArePages(t *testing.T) {
	for name, q := range map[string]url.Values{
		"no client":             good("spa", url.Values{"client_id": {}}),
		"unknown client":        good("nobody", nil),
		"client twice":          good("spa", url.Values{"client_id": {"spa", "spa"}}),
		"no redirect URI":       good("spa", url.Values{"redirect_uri": {}}),
		"redirect URI twice":    good("spa", url.Values{"redirect_uri": {spaURI, spaURI}}),
		"another client's URI":  good("spa", url.Values{"redirect_uri": {webURI}}),
		"too large":             good("spa", url.Values{"state": {strings.Repeat("s", 64<<10)}}),
		"with an error besides": good("spa", url.Values{"redirect_uri": {"https://evil.example"}, "response_type": {"token"}}),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			for _, a := range []reply{r.get("/authorize", q), r.post("/authorize", q)} {
				wantPage(t, a)
			}
			if r.login.count() != 0 {
				t.Error("a login was started")
			}
		})
	}
}

func wantPage(t *testing.T, a reply) {
	t.Helper()
	if a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" || !strings.HasPrefix(a.body, "FAULT ") {
		t.Errorf("status %d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	for _, inside := range []string{"evil", "nobody"} {
		if strings.Contains(a.body, inside) {
			t.Errorf("the page says %q: %s", inside, a.body)
		}
	}
}

func TestAuthorizeUnreadable(t *testing.T) {
	r := newRig(t)
	a := r.post("/authorize", good("spa", nil), func(req *http.Request) { req.Header.Set("Content-Type", "text/plain") })
	wantPage(t, a)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/authorize?"+good("spa", nil).Encode()+"&x=%zz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, r.do(req))
}

func TestAuthorizeErrorsGoToTheClient(t *testing.T) {
	for name, row := range map[string]struct {
		client string
		extra  url.Values
		want   string
	}{
		"no response type":        {"spa", url.Values{"response_type": {}}, "invalid_request"},
		"consent":                 {"spa", url.Values{"prompt": {"login consent"}}, "consent_required"},
		"implicit":                {"spa", url.Values{"response_type": {"token"}}, "unsupported_response_type"},
		"hybrid":                  {"spa", url.Values{"response_type": {"code id_token"}}, "unsupported_response_type"},
		"fragment":                {"spa", url.Values{"response_mode": {"fragment"}}, "invalid_request"},
		"no scope":                {"spa", url.Values{"scope": {}}, "invalid_scope"},
		"only foreign scopes":     {"spa", url.Values{"scope": {"admin"}}, "invalid_scope"},
		"no PKCE":                 {"spa", url.Values{"code_challenge": {}, "code_challenge_method": {}}, "invalid_request"},
		"no PKCE, required":       {"post", url.Values{"code_challenge": {}, "code_challenge_method": {}}, "invalid_request"},
		"PKCE plain":              {"spa", url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"PKCE plain by default":   {"spa", url.Values{"code_challenge_method": {}}, "invalid_request"},
		"PKCE plain, secret":      {"web", url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"PKCE method alone":       {"web", url.Values{"code_challenge": {}}, "invalid_request"},
		"PKCE too short":          {"spa", url.Values{"code_challenge": {"abc"}}, "invalid_request"},
		"PKCE not base64url":      {"spa", url.Values{"code_challenge": {strings.Repeat("=", 43)}}, "invalid_request"},
		"PKCE, a line end in it":  {"spa", url.Values{"code_challenge": {strings.Repeat("A", 42) + "\r\nA"}}, "invalid_request"},
		"PKCE, a line end after":  {"spa", url.Values{"code_challenge": {strings.Repeat("A", 43) + "\n"}}, "invalid_request"},
		"prompt none and login":   {"spa", url.Values{"prompt": {"none login"}}, "invalid_request"},
		"prompt unknown":          {"spa", url.Values{"prompt": {"create"}}, "invalid_request"},
		"max_age negative":        {"spa", url.Values{"max_age": {"-1"}}, "invalid_request"},
		"max_age signed":          {"spa", url.Values{"max_age": {"+1"}}, "invalid_request"},
		"max_age a word":          {"spa", url.Values{"max_age": {"soon"}}, "invalid_request"},
		"max_age fraction":        {"spa", url.Values{"max_age": {"1.5"}}, "invalid_request"},
		"request object":          {"spa", url.Values{"request": {"e30.e30."}}, "request_not_supported"},
		"request_uri":             {"spa", url.Values{"request_uri": {"https://evil.example/r"}}, "request_uri_not_supported"},
		"registration":            {"spa", url.Values{"registration": {"{}"}}, "registration_not_supported"},
		"hint is garbage":         {"spa", url.Values{"id_token_hint": {"x"}}, "invalid_request"},
		"scope twice":             {"spa", url.Values{"scope": {"openid", "openid"}}, "invalid_request"},
		"nonce twice":             {"spa", url.Values{"nonce": {"a", "b"}}, "invalid_request"},
		"challenge twice":         {"spa", url.Values{"code_challenge": {"a", "b"}}, "invalid_request"},
		"response_type twice":     {"spa", url.Values{"response_type": {"code", "code"}}, "invalid_request"},
		"response_mode twice":     {"spa", url.Values{"response_mode": {"query", "form_post"}}, "invalid_request"},
		"acr_values too many":     {"spa", url.Values{"acr_values": {manyValues()}}, "invalid_request"},
		"acr_values twice":        {"spa", url.Values{"acr_values": {"1", "2"}}, "invalid_request"},
		"nonce too long":          {"spa", url.Values{"nonce": {strings.Repeat("n", 5000)}}, "invalid_request"},
		"client has no code flow": {"no-code", nil, "unauthorized_client"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got := r.get("/authorize", good(row.client, row.extra)).sent(t)
			if got.Get("error") != row.want || got.Get("state") != "the state" || got.Get("iss") != r.server.URL || got.Has("code") {
				t.Errorf("got %v, want %s with state and iss", got, row.want)
			}
			if strings.ContainsAny(got.Get("error_description"), `"\`) || got.Get("error_description") == "" {
				t.Errorf("description %q breaks RFC 6749 4.1.2.1", got.Get("error_description"))
			}
			if r.login.count() != 0 {
				t.Error("a login was started")
			}
		})
	}
}

func manyValues() string {
	var values []string
	for i := range 40 {
		values = append(values, strconv.Itoa(i))
	}
	return strings.Join(values, " ")
}

// An error travels as the client asked for, too.
func TestAuthorizeFormPost(t *testing.T) {
	r := newRig(t)
	for name, extra := range map[string]url.Values{
		"code":  {"response_mode": {"form_post"}},
		"error": {"response_mode": {"form_post"}, "response_type": {"token"}},
		// Which state is the client's can't be known, but how it takes its answers can.
		"error_description": {"response_mode": {"form_post"}, "state": {"a", "b"}},
	} {
		a := r.get("/authorize", good("spa", extra))
		got := a.sent(t)
		if a.StatusCode != http.StatusOK || a.Header.Get("Location") != "" || got.Get(name) == "" || got.Has("state") != (len(extra["state"]) == 0) {
			t.Errorf("%s: status %d to %q: %v", name, a.StatusCode, a.Header.Get("Location"), got)
		}
	}
}

func TestAuthorizeState(t *testing.T) {
	r := newRig(t)
	for name, state := range map[string]string{
		"large":       strings.Repeat("0123456789", 4000),
		"odd":         `<script>"'&=%20+?#` + "\u2028\t ünï",
		"looks coded": "a%2520b+c",
	} {
		for _, extra := range []url.Values{{"state": {state}}, {"state": {state}, "prompt": {"bad"}}} {
			if got := r.get("/authorize", good("spa", extra)).sent(t).Get("state"); got != state {
				t.Errorf("%s: %.60q came back", name, got)
			}
		}
	}
	got := r.get("/authorize", good("spa", url.Values{"state": {"a", "b"}})).sent(t)
	if got.Get("error") != "invalid_request" || got.Has("state") {
		t.Errorf("two states: %v", got)
	}
	if got := r.get("/authorize", good("spa", url.Values{"state": {}})).sent(t); got.Has("state") || !got.Has("code") {
		t.Errorf("no state: %v", got)
	}
}

func TestAuthorizeWhenNoLoginCanStart(t *testing.T) {
	r := newRig(t)
	r.login.err = errors.New("the database is at 10.0.0.7")
	a := r.get("/authorize", good("spa", nil))
	if got := a.sent(t); got.Get("error") != "server_error" || got.Get("state") != "the state" {
		t.Errorf("got %v", got)
	}
	if strings.Contains(a.Header.Get("Location"), "database") {
		t.Errorf("inside text in %s", a.Header.Get("Location"))
	}
}

func TestAuthorizeRedirectOrigin(t *testing.T) {
	for uri, want := range map[string]string{
		spaURI:                     "https://spa.example.com",
		"http://127.0.0.1:4711/cb": "http://127.0.0.1:4711",
		"http://[::1]:4711/cb":     "http:",
		"com.example.app:/cb":      "com.example.app:",
	} {
		r := newRig(t)
		r.get("/authorize", good("spa", url.Values{"redirect_uri": {uri}}))
		if got := r.login.last(t).RedirectOrigin; got != want {
			t.Errorf("%s: origin %q, want %q", uri, got, want)
		}
	}
}

func TestAuthorizeHint(t *testing.T) {
	r := newRig(t)
	hint := r.tokens(nil)["id_token"].(string)
	r.clock.advance(time.Hour) // an expired hint is good
	extra := url.Values{"id_token_hint": {hint}, "prompt": {"none"}}
	if got := r.get("/authorize", good("spa", extra)).sent(t); !got.Has("code") {
		t.Errorf("the hinted user: %v", got)
	}
	r.addUser("u-bob", func(*store.User) {})
	r.login.change = func(f *login.Finished) { f.Run.Subject.ID = "u-bob" }
	if got := r.get("/authorize", good("spa", extra)).sent(t); got.Get("error") != "login_required" {
		t.Errorf("another user: %v", got)
	}
}
