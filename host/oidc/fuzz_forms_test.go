package oidc_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/token"
)

// forgetful keeps nothing: a target is asked hundreds of thousands of times, and its clock
// stands still.
type forgetful struct{ *memory.Store }

func (forgetful) Put(context.Context, store.Record) (int64, error) { return 1, nil }
func (forgetful) PutGrant(context.Context, store.Grant) error      { return nil }
func (forgetful) AddEvent(context.Context, store.Event) error      { return nil }
func (f forgetful) provider(t testing.TB) *oidc.Provider {
	t.Helper()
	c := &clock{}
	keys, err := token.Open(t.Context(), signingKeys(), sealer(), c.now)
	if err != nil {
		t.Fatal(err)
	}
	all := append(clients(), config.Client{
		ID: "all", Secret: "a secret for all that there is", RedirectURIs: []string{webURI}, Scopes: []string{"openid", "email", "jobs"},
		GrantTypes: []string{"authorization_code", "refresh_token", "client_credentials", deviceGrant, exchangeGrant}, ExchangeAudiences: []string{"https://ledger.example.com"}, Introspects: []string{"*"},
	})
	return oidc.New(oidc.Config{
		Issuer: fuzzIssuer, Clients: all, Keys: keys, Artifacts: f, Grants: f, Users: f, Audit: f, Sessions: &session.Store{Artifacts: f, Now: c.now},
		Sealer: sealer(), Login: &fakeLogin{forgets: true}, Pages: fakePages{}, Now: c.now, ClientFailuresPerMinute: 1_000_000_000,
	})
}

func (f forgetful) handler(t testing.TB) http.Handler {
	t.Helper()
	router := chi.NewRouter()
	f.provider(t).Routes(router)
	return router
}

// formPaths are the endpoints at which clients post forms.
func formPaths() []string {
	return []string{"/token", "/par", "/introspect", "/revoke", "/device_authorization", "/userinfo"}
}

// FuzzForms: whatever a client posts, proven or public, it is answered in the words of OAuth,
// and gets nothing for codes and tokens that nobody has issued; and by JSON, whatever it accepts,
// unless it names the JWT of introspection.
func FuzzForms(f *testing.F) {
	handler := forgetful{memory.New()}.handler(f)
	for _, seed := range []string{
		"grant_type=authorization_code&code=x&redirect_uri=" + url.QueryEscape(webURI) + "&code_verifier=" + verifier, "grant_type=refresh_token&refresh_token=x&scope=openid",
		"grant_type=client_credentials&scope=jobs", "grant_type=client_credentials&scope=jobs&resource=https://a.example/&resource=x%23y", "grant_type=" + url.QueryEscape(deviceGrant) + "&device_code=x",
		"grant_type=" + url.QueryEscape(exchangeGrant) + "&subject_token=a.b.c&subject_token_type=" + url.QueryEscape(accessType) + "&audience=https://ledger.example.com&actor_token=x",
		good("all", url.Values{"redirect_uri": {webURI}}).Encode(), good("spa", url.Values{"client_id": {"spa"}, "dpop_jkt": {"x"}, "authorization_details": {`[{"type":"pay"}]`}}).Encode(),
		"token=a.b.c&token_type_hint=access_token", "token=x&token_type_hint=refresh_token&client_id=spa", "client_id=tv&scope=openid+email&acr_values=2.0&max_age=1&claims={}", "access_token=a.b.c",
		"client_id=spa&client_id=web", "client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=a.b.c", "%zz;&&==\xff", "scope=%ff",
	} {
		for path := range formPaths() {
			f.Add(uint8(path), seed, "*/*")
		}
	}
	const introspect = 2 // of formPaths
	for _, accept := range []string{
		introspectionMedia, "application/json, " + introspectionMedia + ";q=0.5", introspectionMedia + ";q=0", introspectionMedia + `;a="b,c";q=1.0`, introspectionMedia + ";q", ";,;q=1",
		introspectionMedia + "; q=1e999", "Application/TOKEN-introspection+jwt", strings.Repeat(",", 1000), introspectionMedia + "\x00", introspectionMedia + ";a*0=x;a*1=y",
	} {
		f.Add(uint8(introspect), "token=a.b.c", accept)
	}
	f.Fuzz(func(t *testing.T, n uint8, body, accept string) {
		path := formPaths()[int(n)%len(formPaths())]
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		accepting(accept)(req)
		if n < 128 {
			basic("all", "a secret for all that there is")(req)
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		var said map[string]any
		if rec.Header().Get("Content-Type") == introspectionMedia {
			if path != "/introspect" || !strings.Contains(strings.ToLower(accept), introspectionMedia) {
				t.Errorf("%s %q accepting %q: %s", path, body, accept, rec.Body)
			}
			said, _ = claims(t, rec.Body.String())["token_introspection"].(map[string]any)
		} else if rec.Body.Len() > 0 && json.Unmarshal(rec.Body.Bytes(), &said) != nil {
			t.Fatalf("%s %q: %d %s", path, body, rec.Code, rec.Body)
		}
		if rec.Code >= 400 && rec.Code < 500 && (said["error"] != nil || path == "/userinfo") {
			return
		}
		asked, err := url.ParseQuery(body)
		if err != nil || !granted(path, rec.Code, asked, said) {
			t.Errorf("%s %q: %d %s", path, body, rec.Code, rec.Body)
		}
	})
}

// granted says whether a request that is no error may be none.
func granted(path string, status int, asked url.Values, said map[string]any) bool {
	switch path {
	case "/token":
		return status == http.StatusOK && asked.Get("grant_type") == "client_credentials" && said["access_token"] != nil
	case "/par":
		return status == http.StatusCreated && slices.Contains([]string{webURI, spaURI}, asked.Get("redirect_uri")) || status == http.StatusCreated && loopback(asked.Get("redirect_uri")+"?")
	case "/introspect":
		return status == http.StatusOK && said["active"] == false && len(said) == 1
	case "/revoke":
		return status == http.StatusOK && len(said) == 0
	case "/device_authorization":
		return status == http.StatusOK && said["user_code"] != nil
	}
	return false
}

// FuzzLogout: whatever a site asks for, the browser stays, or goes to an address that a client
// has registered for it.
func FuzzLogout(f *testing.F) {
	handler := forgetful{memory.New()}.handler(f)
	for _, seed := range []string{
		"client_id=spa&state=x&post_logout_redirect_uri=" + url.QueryEscape(byeURI), "client_id=spa&post_logout_redirect_uri=" + url.QueryEscape(byeURI+"&b"), "client_id=web&post_logout_redirect_uri=" + url.QueryEscape(byeURI),
		"post_logout_redirect_uri=https://evil.example/", "id_token_hint=a.b.c&client_id=spa", "id_token_hint=eyJhbGciOiJub25lIn0.eyJhdWQiOiJzcGEifQ.&post_logout_redirect_uri=" + url.QueryEscape(byeURI),
		"_logout=AAAA", "client_id=spa&client_id=short", "state=%ff", "logout_hint=alice&ui_locales=de", "%zz;&&==",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, post bool) {
		req := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/logout", RawQuery: text}, Header: http.Header{}}
		if post {
			req = httptest.NewRequest(http.MethodPost, "/logout", strings.NewReader(text))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req.WithContext(t.Context()))
		body, to := rec.Body.String(), rec.Header().Get("Location")
		switch {
		case rec.Code == http.StatusBadRequest && strings.HasPrefix(body, "FAULT "):
		case rec.Code == http.StatusSeeOther && (to == byeURI || strings.HasPrefix(to, byeURI+"&state=") || strings.HasPrefix(to, "/logout?")):
		case rec.Code == http.StatusOK && strings.HasPrefix(body, "SIGNED OUT") && !strings.Contains(body, "NEXT "):
		default:
			t.Errorf("%q: %d to %q: %s", text, rec.Code, to, body)
		}
	})
}

// FuzzBearer: nothing but a token that was issued opens userinfo, in whatever header it comes
// and with whatever proof, and who is refused is told how it is done.
func FuzzBearer(f *testing.F) {
	handler := forgetful{memory.New()}.handler(f)
	for _, seed := range [][2]string{
		{"Bearer a.b.c", ""}, {"DPoP a.b.c", "a.b.c"}, {"bearer  x", "x"}, {"Basic d2ViOg==", ""}, {"", ""}, {"Bearer", ""}, {"DPoP \x00", "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30."},
		{"Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic2NvcGUiOiJvcGVuaWQifQ.", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, header, proof string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/userinfo", http.NoBody)
		req.Header = http.Header{"Authorization": {header}}
		if proof != "" {
			req.Header["Dpop"] = []string{proof}
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		if rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Header().Get("WWW-Authenticate"), `realm="`+fuzzIssuer+`"`) {
			t.Errorf("%q with %q: %d %v", header, proof, rec.Code, rec.Header())
		}
	})
}
