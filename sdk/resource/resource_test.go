package resource_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/sdk/resource"
)

var now = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// provider is a provider with one key, which can be replaced.
type provider struct {
	*testing.T
	server  *httptest.Server
	mu      sync.Mutex
	key     jwk.Key
	fetched int
}

func newProvider(t *testing.T) *provider {
	p := &provider{T: t}
	p.rotate("first")
	mux := http.NewServeMux()
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.server.URL, "jwks_uri": p.server.URL + "/jwks", "authorization_endpoint": p.server.URL + "/a", "token_endpoint": p.server.URL + "/t",
		})
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.fetched++
		public, err := p.key.PublicKey()
		if err != nil {
			t.Error(err)
		}
		set := jwk.NewSet()
		_ = set.AddKey(public)
		_ = json.NewEncoder(w).Encode(set)
	})
	return p
}

func (p *provider) rotate(kid string) {
	p.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.Fatal(err)
	}
	key, err := jwk.FromRaw(raw)
	if err != nil {
		p.Fatal(err)
	}
	_ = key.Set(jwk.KeyIDKey, kid)
	_ = key.Set(jwk.AlgorithmKey, jwa.ES256)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = key
}

// token is a good token for this need, with claims replaced; nil removes one.
func (p *provider) token(typ string, change map[string]any) string {
	p.Helper()
	claims := map[string]any{
		"iss": p.server.URL, "sub": "u1", "aud": p.server.URL, "client_id": "app", "scope": "openid pay",
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "acr": "2.0", "amr": []string{"pwd", "sms"}, "auth_time": now.Add(-time.Minute).Unix(),
	}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	payload, err := json.Marshal(claims)
	if err != nil {
		p.Fatal(err)
	}
	headers := jws.NewHeaders()
	_ = headers.Set(jws.TypeKey, typ)
	signed, err := jws.Sign(payload, jws.WithKey(jwa.ES256, p.key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		p.Fatal(err)
	}
	return string(signed)
}

func (p *provider) verifier() *resource.Verifier {
	p.Helper()
	v, err := resource.New(p.Context(), resource.Config{Issuer: p.server.URL, Now: func() time.Time { return now }})
	if err != nil {
		p.Fatal(err)
	}
	return v
}

// ask makes a request with this header to a resource with this need.
func ask(t *testing.T, v *resource.Verifier, n resource.Need, header string) (status int, challenge string) {
	t.Helper()
	handler := v.Require(n)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, ok := resource.FromContext(r.Context()); !ok || token.Subject != "u1" || token.ClientID != "app" || len(token.AMR) != 2 {
			t.Errorf("token %+v", token)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, w.Header().Get("WWW-Authenticate")
}

func TestRequire(t *testing.T) {
	p := newProvider(t)
	v := p.verifier()
	need := resource.Need{ACR: []string{"2.5", "2.0"}, MaxAge: 5 * time.Minute, Scope: []string{"pay"}}
	const stepUp = `Bearer error="insufficient_user_authentication", error_description="A different authentication is required", acr_values="2.5 2.0", max_age="300"`
	const invalid = `Bearer error="invalid_token", error_description="The access token is not valid"`
	for name, row := range map[string]struct {
		need   resource.Need
		header string
		status int
		says   string
	}{
		"good":                {need, "Bearer " + p.token("at+jwt", nil), http.StatusNoContent, ""},
		"long type, any case": {need, "bearer " + p.token("application/AT+JWT", nil), http.StatusNoContent, ""},
		"exactly as old":      {need, "Bearer " + p.token("at+jwt", map[string]any{"auth_time": now.Add(-5 * time.Minute).Unix()}), http.StatusNoContent, ""},
		"nothing needed":      {resource.Need{}, "Bearer " + p.token("at+jwt", map[string]any{"acr": nil, "auth_time": nil}), http.StatusNoContent, ""},

		"weaker acr":           {need, "Bearer " + p.token("at+jwt", map[string]any{"acr": "1.0"}), http.StatusUnauthorized, stepUp},
		"no acr":               {need, "Bearer " + p.token("at+jwt", map[string]any{"acr": nil}), http.StatusUnauthorized, stepUp},
		"acr by its beginning": {need, "Bearer " + p.token("at+jwt", map[string]any{"acr": "2.0 and more"}), http.StatusUnauthorized, stepUp},
		"too old":              {need, "Bearer " + p.token("at+jwt", map[string]any{"auth_time": now.Add(-301 * time.Second).Unix()}), http.StatusUnauthorized, stepUp},
		"no auth_time":         {need, "Bearer " + p.token("at+jwt", map[string]any{"auth_time": nil}), http.StatusUnauthorized, stepUp},
		"no scope":             {need, "Bearer " + p.token("at+jwt", map[string]any{"scope": "openid"}), http.StatusForbidden, `Bearer error="insufficient_scope", scope="pay"`},

		"nothing":             {need, "", http.StatusUnauthorized, "Bearer"},
		"another scheme":      {need, "Basic YTpi", http.StatusUnauthorized, "Bearer"},
		"an ID token":         {need, "Bearer " + p.token("JWT", nil), http.StatusUnauthorized, invalid},
		"another audience":    {need, "Bearer " + p.token("at+jwt", map[string]any{"aud": "https://other.example.com"}), http.StatusUnauthorized, invalid},
		"another issuer":      {need, "Bearer " + p.token("at+jwt", map[string]any{"iss": "https://evil.example.com"}), http.StatusUnauthorized, invalid},
		"expired":             {need, "Bearer " + p.token("at+jwt", map[string]any{"exp": now.Add(-time.Second).Unix()}), http.StatusUnauthorized, invalid},
		"no expiry":           {need, "Bearer " + p.token("at+jwt", map[string]any{"exp": nil}), http.StatusUnauthorized, invalid},
		"acr is a number":     {need, "Bearer " + p.token("at+jwt", map[string]any{"acr": 2.0}), http.StatusUnauthorized, invalid},
		"tampered":            {need, "Bearer " + tampered(p.token("at+jwt", nil), p.token("at+jwt", map[string]any{"sub": "u2"})), http.StatusUnauthorized, invalid},
		"not signed":          {need, "Bearer " + unsigned(p.token("at+jwt", nil)), http.StatusUnauthorized, invalid},
		"garbage":             {need, "Bearer a.b.c", http.StatusUnauthorized, invalid},
		"half a second":       {resource.Need{MaxAge: 500 * time.Millisecond}, "Bearer " + p.token("at+jwt", map[string]any{"auth_time": now.Add(-2 * time.Second).Unix()}), http.StatusUnauthorized, strings.Replace(strings.Replace(stepUp, `, acr_values="2.5 2.0"`, "", 1), `"300"`, `"1"`, 1)},
		"a second, rounded":   {resource.Need{MaxAge: 500 * time.Millisecond}, "Bearer " + p.token("at+jwt", map[string]any{"auth_time": now.Add(-time.Second).Unix()}), http.StatusNoContent, ""},
		"a quote in the need": {resource.Need{ACR: []string{`a"b`}}, "Bearer " + p.token("at+jwt", nil), http.StatusUnauthorized, strings.Replace(strings.Replace(stepUp, "2.5 2.0", `a\"b`, 1), `, max_age="300"`, "", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			if status, got := ask(t, v, row.need, row.header); status != row.status || got != row.says {
				t.Errorf("%d %s\nwant %d %s", status, got, row.status, row.says)
			}
		})
	}
}

// TestNegativeMaxAge: no token could meet it, and no client that asks for it gets one.
func TestNegativeMaxAge(t *testing.T) {
	v := newProvider(t).verifier()
	defer func() {
		if recover() == nil {
			t.Error("a negative MaxAge was taken")
		}
	}()
	v.Require(resource.Need{MaxAge: -time.Second})
}

// tampered is the token with another's claims.
func tampered(token, other string) string {
	parts := strings.Split(token, ".")
	parts[1] = strings.Split(other, ".")[1]
	return strings.Join(parts, ".")
}

// unsigned is the token with the algorithm none.
func unsigned(token string) string {
	parts := strings.Split(token, ".")
	return "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + "."
}

// TestRotation: a new key is found, and the old one's tokens are worth nothing once it
// is gone from the provider's keys.
func TestRotation(t *testing.T) {
	p := newProvider(t)
	v := p.verifier()
	old := p.token("at+jwt", nil)
	if status, _ := ask(t, v, resource.Need{}, "Bearer "+old); status != http.StatusNoContent {
		t.Fatalf("status %d", status)
	}
	for range 5 {
		ask(t, v, resource.Need{}, "Bearer "+old)
	}
	if p.fetched != 1 {
		t.Errorf("the keys were fetched %d times", p.fetched)
	}
	p.rotate("second")
	// The library may still hold the fetch before as under way, and give its keys once more.
	eventually := func(token string, want int) {
		t.Helper()
		status := 0
		for range 3000 {
			if status, _ = ask(t, v, resource.Need{}, "Bearer "+token); status == want {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("status %d, want %d", status, want)
	}
	eventually(p.token("at+jwt", nil), http.StatusNoContent)
	eventually(old, http.StatusUnauthorized)
}

func TestStepUp(t *testing.T) {
	for header, want := range map[string]string{
		`Bearer error="insufficient_user_authentication", acr_values="2.5 2.0", max_age="300"`:      "acr_values=2.5+2.0&max_age=300",
		`Bearer realm="a", error=insufficient_user_authentication, max_age=5`:                       "max_age=5",
		`DPoP algs="ES256", error="insufficient_user_authentication", acr_values="a\"b", scope="x"`: "acr_values=a%22b",
		`Bearer error="invalid_token"`: "none",
		`Bearer error="invalid_token", error_description="error=insufficient_user_authentication"`: "none",
		``: "none",
		// Several challenges in one line.
		`Bearer error="insufficient_user_authentication", acr_values="2.0", DPoP error="invalid_token"`:      "acr_values=2.0",
		`DPoP error="invalid_token", Bearer error="insufficient_user_authentication", acr_values="2.0"`:      "acr_values=2.0",
		`Bearer error="insufficient_user_authentication", acr_values="2.0", Basic realm="x", acr_values="0"`: "acr_values=2.0",
		`Bearer error="insufficient_user_authentication", acr_values="2.0", acr_values="0"`:                  "acr_values=2.0",
		`Digest error="insufficient_user_authentication", acr_values="2.0"`:                                  "none",
		`Bearer error="insufficient_user_authentication", max_age="-1"`:                                      "",
		`Bearer error="insufficient_user_authentication", max_age="abc", acr_values="1"`:                     "acr_values=1",
		`Basic realm="Bearer error="insufficient_user_authentication""`:                                      "none",
	} {
		ask, ok := resource.StepUp(&http.Response{Header: http.Header{"Www-Authenticate": {header}}})
		if got := ask.Encode(); ok != (want != "none") || ok && got != want {
			t.Errorf("%s: %v %q", header, ok, got)
		}
	}
}

func FuzzStepUp(f *testing.F) {
	f.Add(`Bearer error="insufficient_user_authentication", acr_values="2.5 2.0", max_age="300"`)
	f.Fuzz(func(t *testing.T, header string) {
		ask, ok := resource.StepUp(&http.Response{Header: http.Header{"Www-Authenticate": {header}}})
		if ok && !strings.Contains(header, "insufficient_user_authentication") {
			t.Errorf("asks for %v", ask)
		}
	})
}
