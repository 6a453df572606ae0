package oidc_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	exact "github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/token"
)

// target is a provider to throw things at, without a network.
func target(f *testing.F) http.Handler {
	f.Helper()
	return targetFor(f, clients())
}

// targetFor is one with other clients. Its clock stands still at 1970.
func targetFor(f *testing.F, clients []config.Client) http.Handler {
	f.Helper()
	handler, starter := targetAndLogin(f, clients)
	starter.forgets = true
	return handler
}

// targetAndLogin is one whose logins can be looked at.
func targetAndLogin(f *testing.F, clients []config.Client) (http.Handler, *fakeLogin) {
	f.Helper()
	c := &clock{}
	s := memory.NewWithClock(c.now)
	keys, err := token.Open(f.Context(), signingKeys(), sealer(), c.now)
	if err != nil {
		f.Fatal(err)
	}
	starter := &fakeLogin{now: c.now}
	starter.change = func(end *login.Finished) { end.Run.Subject = nil } // nothing is stored
	starter.provider = oidc.New(oidc.Config{
		Issuer: "https://id.example.com", Clients: clients, Keys: keys, Artifacts: s, Grants: s, Users: s, Audit: deaf{},
		InsecureResponseTypes: []string{"id_token", "id_token token"},
		Login:                 starter, Pages: fakePages{}, Now: c.now, ClientFailuresPerMinute: 1_000_000_000,
	})
	router := chi.NewRouter()
	starter.provider.Routes(router)
	return router, starter
}

// deaf keeps no event: a target takes hundreds of thousands of requests.
type deaf struct{ store.Audit }

func (deaf) AddEvent(context.Context, store.Event) error { return nil }

// spyPages remembers where an answer went.
type spyPages struct {
	fakePages
	to string
}

func (p *spyPages) Respond(w http.ResponseWriter, r *http.Request, resp login.Response) error {
	p.to = resp.URL
	return p.fakePages.Respond(w, r, resp)
}

// FuzzAuthorize: whatever is asked, the answer is a page, or goes to a registered
// redirect URI with the state and the issuer; what asks for tokens is never answered in a query.
func FuzzAuthorize(f *testing.F) {
	handler := targetFor(f, frontClients())
	f.Add(good("spa", nil).Encode())
	f.Add(front("front", "id_token token", nil).Encode())
	f.Add(front("form", "id_token", url.Values{"response_mode": {"form_post"}}).Encode())
	f.Add(front("front", "token id_token", url.Values{"response_mode": {"query"}, "claims": {`{"id_token":{"email":null}}`}}).Encode())
	f.Add(front("mixed", "code id_token", url.Values{"response_mode": {"fragment.jwt"}, "nonce": {""}}).Encode())
	f.Add(front("front-fapi", "id_token", url.Values{"response_mode": {"query.jwt"}}).Encode())
	f.Add(front("front", "id_token", url.Values{"redirect_uri": {plainURI}}).Encode())
	f.Add(good("spa", url.Values{"response_mode": {"form_post"}, "prompt": {"none"}}).Encode())
	f.Add(good("spa", url.Values{"response_mode": {"form_post.jwt"}, "max_age": {"0"}, "acr_values": {"2.5 2.0"}}).Encode())
	f.Add(good("web", url.Values{"prompt": {"login consent"}, "ui_locales": {"de en"}, "login_hint": {"alice"}, "display": {"page"}}).Encode())
	f.Add(good("spa", url.Values{"id_token_hint": {"a.b.c"}, "resource": {"https://api.example.com/", "x#y"}}).Encode())
	f.Add(good("spa", url.Values{"redirect_uri": {spaURI + "/../evil"}}).Encode())
	f.Add(good("spa", url.Values{"response_type": {"code token"}, "request_uri": {"urn:ietf:params:oauth:request_uri:x"}}).Encode())
	f.Add(good("spa", url.Values{"state": {strings.Repeat("\x00\n\u202e", 40)}}).Encode())
	f.Add("client_id=spa&redirect_uri=https://evil.example&state=x&state=y")
	f.Add(good("spa", url.Values{"response_mode": {"form_post.jwt"}, "state": {"the\xab"}}).Encode())
	f.Add("client_id=spa&client_id=web&redirect_uri=" + spaURI)
	f.Add("%zz;&&==")
	f.Fuzz(func(t *testing.T, query string) {
		req := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/authorize", RawQuery: query}, Header: http.Header{}}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req.WithContext(t.Context()))
		a := reply{rec.Result(), rec.Body.String()}
		if rec.Code == http.StatusBadRequest && strings.HasPrefix(a.body, "FAULT ") {
			return
		}
		to := rec.Header().Get("Location")
		known := func(uri string) bool { return strings.HasPrefix(to, uri+"?") || strings.HasPrefix(to, uri+"#") }
		if to != "" && !known(spaURI) && !strings.HasPrefix(to, webURI+"&") && !strings.HasPrefix(to, webURI+"#") && !known(plainURI) && !loopback(to) {
			t.Errorf("went to %q", to)
		}
		asked, err := url.ParseQuery(query)
		if err != nil {
			t.Fatalf("unreadable, but status %d", rec.Code)
		}
		for word := range strings.SplitSeq(asked.Get("response_type"), " ") {
			if (word == "token" || word == "id_token") && to != "" && !strings.Contains(to, "#") {
				t.Errorf("asked %q: went to %q", query, to)
			}
		}
		got := unpacked(t, a.sent(t))
		if got.Get("iss") != "https://id.example.com" || len(asked["state"]) == 1 && got.Get("state") != asked.Get("state") {
			t.Errorf("asked %q: %v", query, got)
		}
	})
}

// unpacked is an answer, whether it came signed or not (JARM 2.1).
func unpacked(t *testing.T, sent url.Values) url.Values {
	t.Helper()
	raw := sent.Get("response")
	if raw == "" {
		return sent
	}
	var all map[string]any
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil || json.Unmarshal(payload, &all) != nil {
		t.Fatalf("no JWT: %s", raw)
	}
	got := url.Values{}
	for name, value := range all {
		if text, ok := value.(string); ok {
			got.Set(name, text)
		}
	}
	return got
}

func loopback(to string) bool {
	return strings.HasPrefix(to, "http://127.0.0.1:") || strings.HasPrefix(to, "http://127.0.0.1/") ||
		strings.HasPrefix(to, "http://[::1]") || strings.HasPrefix(to, "http://localhost/cb") || strings.HasPrefix(to, "com.example.app:/cb")
}

// FuzzClaims: a demand for an acr is never overlooked. Whatever else the parameter claims
// says, what it demands as essential is what the journey is told, or the request is refused.
func FuzzClaims(f *testing.F) {
	handler, starter := targetAndLogin(f, clients())
	for _, seed := range []string{
		`{"id_token":{"acr":{"essential":true,"values":["2.0","2.5"]}},"userinfo":{"acr":null,"email":{"essential":true}}}`,
		`{"id_token":{"acr":{"essential":true,"value":"9"},"sub":{"value":"u-alice"}}}`,
		`{"id_token":{"acr":{"essential":true,"essential":false}},"ID_TOKEN":{"acr":{"value":"1"}}}`,
		`{"userinfo":{"acr":{"essential":true,"value":"\u0032.0"}},"id_token":null}`, `{"id_token":{"\u0061cr":{"essential":true,"value":"9"}}}`, `{"id_token":{"acr":{"essential":true,"vAlue":"9"},"":{"":""}}}`, `[]`, `null`, "{\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		starter.started = nil
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/authorize?"+good("spa", url.Values{"claims": {text}}).Encode(), http.NoBody)
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		if rec.Code == http.StatusBadRequest && len(starter.started) == 0 {
			return // it can't be read as text at all
		}
		got := (reply{rec.Result(), rec.Body.String()}).sent(t)
		if len(starter.started) == 0 {
			if got.Get("error") != "invalid_request" || got.Has("code") {
				t.Errorf("%s: no login, but %v", text, got)
			}
			return
		}
		var asked map[string]map[string]*struct {
			Essential bool     `json:"essential"`
			Value     string   `json:"value"`
			Values    []string `json:"values"`
		}
		// By a reader to whom names in another case are other names, as they are (RFC 8259 8.3).
		if text == "" || exact.Unmarshal([]byte(text), &asked) != nil {
			return // members that mean nothing here may be of any form
		}
		for place, claims := range asked {
			acr := claims["acr"]
			if place != "id_token" && place != "userinfo" || acr == nil || !acr.Essential {
				continue
			}
			values := acr.Values
			if acr.Value != "" {
				values = append(values, acr.Value)
			}
			request := starter.started[0].Request
			if !request.ACREssential || len(values) > 0 && !subset(request.ACRValues, values) {
				t.Errorf("%s: the journey is asked for %+v", text, request)
			}
			if got.Has("code") && len(values) > 0 && !slices.Contains(values, "2.0") {
				t.Errorf("%s: a code for 2.0", text)
			}
		}
	})
}

// subset says whether a is not empty and all of it is in b.
func subset(a, b []string) bool {
	return len(a) > 0 && !slices.ContainsFunc(a, func(v string) bool { return !slices.Contains(b, v) })
}

// FuzzRedirectMatch: a redirect URI that passes is a registered one, or the
// registered loopback one with a port, as seen by a URL parser.
func FuzzRedirectMatch(f *testing.F) {
	for _, seed := range []string{
		spaURI, "http://127.0.0.1:5000/cb", "http://[::1]:1/cb", "http://127.0.0.1:5000@evil.example/cb", "http://127.0.0.1", "http://127.0.0.1:/cb",
		"http://127.0.0.1:65536/cb", "http://127.0.0.1.evil.example/cb", "http://localhost:1/cb", "http://127.0.0.1:1/cb#f", "http://127.0.0.1:1/CB", "HTTP://127.0.0.1:1/cb",
		"http://127.0.0.1:1/cb?x=1", "http://127.0.0.1:1\\@evil.example/cb", "http://127.0.0.1:1%2f/cb", "http://[::ffff:127.0.0.1]:1/cb", "//127.0.0.1/cb",
	} {
		f.Add("http://127.0.0.1/cb", seed)
		f.Add("http://127.0.0.1", seed)
		f.Add("http://[::1]/cb?x=1", seed)
	}
	f.Fuzz(func(t *testing.T, registered, uri string) {
		pages := &spyPages{}
		c := []config.Client{{ID: "c", RedirectURIs: []string{registered}}}
		router := chi.NewRouter()
		oidc.New(oidc.Config{Issuer: "https://id.example.com", Clients: c, Pages: pages, Login: &fakeLogin{}}).Routes(router)
		req := &http.Request{Method: http.MethodGet, Header: http.Header{}, URL: &url.URL{
			Path: "/authorize", RawQuery: url.Values{"client_id": {"c"}, "redirect_uri": {uri}}.Encode(),
		}}
		router.ServeHTTP(httptest.NewRecorder(), req.WithContext(t.Context()))
		if pages.to == "" || pages.to == registered {
			return
		}
		was, err1 := url.Parse(registered)
		is, err2 := url.Parse(pages.to)
		if err1 != nil || err2 != nil {
			t.Fatalf("%q passed for %q, and can't be parsed", uri, registered)
		}
		if was.Port() != "" || !slices.Contains([]string{"127.0.0.1", "::1"}, is.Hostname()) {
			t.Errorf("%q passed for %q", uri, registered)
		}
		is.Host = strings.TrimSuffix(is.Host, ":"+is.Port())
		if is.String() != was.String() || is.User != nil {
			t.Errorf("%q passed for %q", uri, registered)
		}
	})
}

// FuzzBasic: only the one right pair is the client, in any way of writing it that
// RFC 6749 2.3.1 allows.
func FuzzBasic(f *testing.F) {
	handler := target(f)
	f.Add("Basic " + base64.StdEncoding.EncodeToString([]byte("web:"+url.QueryEscape(secret))))
	f.Add("Basic d2ViOg==")
	f.Add("Basic ")
	f.Add("Bearer x")
	f.Fuzz(func(t *testing.T, header string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/token", strings.NewReader("grant_type=password"))
		req.Header = http.Header{"Authorization": {header}, "Content-Type": {"application/x-www-form-urlencoded"}}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		switch body := rec.Body.String(); {
		case rec.Code == http.StatusUnauthorized && strings.Contains(body, `"invalid_client"`):
		case rec.Code == http.StatusBadRequest && strings.Contains(body, `"unsupported_grant_type"`):
			id, pass, ok := req.BasicAuth()
			gotID, err1 := url.QueryUnescape(id)
			gotPass, err2 := url.QueryUnescape(pass)
			if !ok || err1 != nil || err2 != nil || gotID != "web" || gotPass != secret {
				t.Errorf("%q is authenticated", header)
			}
		default:
			t.Errorf("%q: %d %s", header, rec.Code, body)
		}
	})
}
