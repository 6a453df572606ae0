package oidc_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/acrhost/acrhost/host/config"
)

// fuzzIssuer is the issuer of target.
const fuzzIssuer = "https://id.example.com"

// FuzzRequestObject: whatever a client signs, the answer is a page, or goes to one of its
// redirect URIs, and a login begins only for what the object says.
func FuzzRequestObject(f *testing.F) {
	handler := targetFor(f, []config.Client{{
		ID: "ro", JWKS: keySet("ES256"), RedirectURIs: []string{webURI}, Resources: []string{bankAPI}, AuthorizationDetailsTypes: []string{"payment"},
	}})
	f.Add(`{"response_type":"code","redirect_uri":"` + webURI + `","scope":"openid","state":"s","code_challenge_method":"S256"}`)
	f.Add(`{"response_type":"code","redirect_uri":"` + webURI + `","scope":"openid","resource":["` + bankAPI + `"],"authorization_details":[{"type":"payment"}],"max_age":1}`)
	f.Add(`{"iss":"ro","aud":["` + fuzzIssuer + `"],"exp":1e12,"nbf":-1,"claims":{"id_token":null},"response_mode":"form_post.jwt","redirect_uri":"` + webURI + `"}`)
	f.Add(`{"request":"x","client_id":1}`)
	f.Add(`{"request_uri":"https://evil.example/","redirect_uri":"` + webURI + `"}`)
	f.Add(`{"client_id":"other","redirect_uri":"` + webURI + `","state":"s"}`)
	f.Add(`{"sub":"ro","iss":"ro","redirect_uri":"` + webURI + `"}`)
	f.Add(`{"redirect_uri":"https://evil.example/cb","state":"s"}`)
	f.Add(`{"state":"a","state":"b","redirect_uri":"` + webURI + `"}`)
	f.Add(`{"state":["a"],"scope":null,"max_age":-1,"prompt":{},"redirect_uri":"` + webURI + `"}`)
	f.Add(`{"exp":0,"nbf":9e15,"iat":"now","redirect_uri":"` + webURI + `"}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, payload string) {
		q := url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request": {signedText(t, "ES256", payload)}}
		req := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/authorize", RawQuery: q.Encode()}, Header: http.Header{}}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req.WithContext(t.Context()))
		a := reply{rec.Result(), rec.Body.String()}
		if rec.Code == http.StatusBadRequest && strings.HasPrefix(a.body, "FAULT ") {
			return
		}
		if to := rec.Header().Get("Location"); to != "" && !strings.HasPrefix(to, webURI+"&") {
			t.Errorf("went to %q", to)
		}
		got := a.sent(t)
		if got.Get("error") == "invalid_request_object" {
			return
		}
		var claims map[string]any
		if err := json.Unmarshal([]byte(payload), &claims); err != nil {
			t.Errorf("%q was read: %v", payload, got)
		}
		if got.Has("response") {
			return
		}
		if state, ok := claims["state"].(string); ok && got.Get("state") != state {
			t.Errorf("%q: %v", payload, got)
		}
	})
}

// FuzzAssertion: whatever a client's key signs proves the client only where the claims say
// that it is meant so, and what nobody signed never does.
func FuzzAssertion(f *testing.F) {
	handler := targetFor(f, signers())
	good := `{"iss":"key","sub":"key","aud":"` + fuzzIssuer + `","exp":60,"jti":"j"}`
	f.Add(good, true)
	f.Add(good, false)
	f.Add(`{"iss":"key","sub":"key","aud":["x","`+fuzzIssuer+`/token"],"exp":60.5,"iat":0,"nbf":1e-9,"jti":"k"}`, true)
	f.Add(`{"sub":"key","exp":1e400}`, true)
	f.Add(`{"iss":"other","sub":"key","aud":"`+fuzzIssuer+`","exp":60,"jti":"l"}`, true)
	f.Add(`{"iss":"key","sub":"key","aud":"https://evil.example","exp":60,"jti":"m"}`, true)
	f.Add(`{"iss":"key","sub":"key","aud":"`+fuzzIssuer+`","exp":1e9,"jti":"n"}`, true)
	f.Add(`{"iss":"key","sub":"key","aud":"`+fuzzIssuer+`","aud":"x","exp":60,"jti":"o"}`, true)
	f.Add(`{"iss":"key","sub":"key","aud":[],"exp":"60","jti":7}`, true)
	f.Add("eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXkiLCJpc3MiOiJrZXkifQ.", false)
	f.Add("a.b.c", false)
	f.Add("a.b.c.d.e", false)
	f.Add("\xce", false)
	used := map[string]bool{}
	f.Fuzz(func(t *testing.T, text string, sign bool) {
		raw := text
		if sign {
			raw = signedText(t, "ES256", text)
		}
		form := url.Values{"grant_type": {"password"}, "client_assertion_type": {assertionType}, "client_assertion": {raw}}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/token", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		switch {
		case rec.Code == http.StatusUnauthorized && strings.Contains(rec.Body.String(), `"invalid_client"`):
			return
		case !utf8.ValidString(raw) && strings.Contains(rec.Body.String(), `"invalid_request"`):
			return
		case rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), `"unsupported_grant_type"`):
			t.Fatalf("%q: %d %s", text, rec.Code, rec.Body)
		}
		var c map[string]any // into a struct, names in another case would be read, too
		if err := json.Unmarshal([]byte(text), &c); err != nil && !strings.Contains(text, "\ufffd") {
			t.Fatalf("%q proves a client: %v", text, err)
		}
		jti, _ := c["jti"].(string)
		exp, ok := c["exp"].(float64)
		if !sign || c["iss"] != "key" || c["sub"] != "key" || jti == "" || !ok || exp < 0 || exp > 3600 || used[jti] || !names(c["aud"]) {
			t.Errorf("%q proves a client", text)
		}
		used[jti] = true
	})
}

func names(aud any) bool {
	ours := []any{fuzzIssuer, fuzzIssuer + "/token"}
	if list, ok := aud.([]any); ok {
		return slices.ContainsFunc(list, func(a any) bool { return slices.Contains(ours, a) })
	}
	return slices.Contains(ours, aud)
}

// FuzzAuthorizationDetails: what is granted is what was asked for, of the registered types.
func FuzzAuthorizationDetails(f *testing.F) {
	handler := targetFor(f, askers())
	f.Add("[" + paying + "]")
	f.Add(`[{"type":"payment","x":[[{}]]},{"type":"root"}]`)
	f.Add(`[{"type":"payment","type":"root"}]`)
	f.Add(`[{"type":"payment","Type":"root"}]`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		q := good("spa", url.Values{"authorization_details": {text}, "prompt": {"none"}})
		req := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/authorize", RawQuery: q.Encode()}, Header: http.Header{}}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req.WithContext(t.Context()))
		a := reply{rec.Result(), rec.Body.String()}
		if strings.HasPrefix(a.body, "FAULT ") || text == "" {
			return
		}
		if code := a.sent(t).Get("error"); code == "invalid_authorization_details" || code == "invalid_request" {
			return
		}
		var list []struct{ Type string }
		if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) == 0 {
			t.Fatalf("%q was taken: %v, %v", text, a.sent(t), err)
		}
		for _, d := range list {
			if d.Type != "payment" && d.Type != "account" {
				t.Errorf("%q was taken", text)
			}
		}
	})
}
