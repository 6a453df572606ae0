package upstream_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/upstream"
)

func newIDP(t *testing.T) *hosttest.IDP {
	t.Helper()
	idp, err := hosttest.NewIDP(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	return idp
}

// provider is the client of an IDP.
func provider(t *testing.T, idp *hosttest.IDP, change func(*config.Upstream)) *upstream.Provider {
	t.Helper()
	u := config.Upstream{Name: "acme", Issuer: idp.Issuer, ClientID: "broker", ClientSecret: hosttest.Secret, Scopes: []string{"openid", "email"}}
	if change != nil {
		change(&u)
	}
	p, err := upstream.New(u, "http://localhost:8080", nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// round is a whole login: there, and back.
func round(t *testing.T, idp *hosttest.IDP, p *upstream.Provider, ask upstream.Ask) (*upstream.Login, error) {
	t.Helper()
	address, pending, err := p.Begin(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return p.Finish(t.Context(), pending, comeBack(t, idp, address, pending))
}

func comeBack(t *testing.T, idp *hosttest.IDP, address string, pending *upstream.Pending) upstream.Answer {
	t.Helper()
	back, err := idp.Visit(address)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil || u.Scheme+"://"+u.Host+u.Path != "http://localhost:8080/login/callback/acme" {
		t.Fatalf("sent back to %s, %v", back, err)
	}
	state, answer, err := upstream.ReadAnswer(u.Query())
	if err != nil || state != pending.State {
		t.Fatalf("state %q, %v", state, err)
	}
	return answer
}

func refused(err error) string {
	if r, ok := errors.AsType[*upstream.Refused](err); ok {
		return r.Code
	}
	return ""
}

func TestLogin(t *testing.T) {
	idp := newIDP(t)
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	idp.Say(hosttest.Says{
		ID:       map[string]any{"acr": "phr", "amr": []string{"hwk", "geo", "hwk"}, "level": "gold", "auth_time": at.Unix()},
		Userinfo: map[string]any{"level": "tin", "extra": 1, "iss": "https://evil.example", "email": "a@example.com", "email_verified": true},
	})
	p := provider(t, idp, func(u *config.Upstream) {
		u.Userinfo, u.AllowACR, u.AllowAMR, u.EmailDomains = true, []string{"ph*"}, []string{"hwk", "pwd"}, []string{"example.com"}
	})
	got, err := round(t, idp, p, upstream.Ask{ACRValues: []string{"phr"}, LoginHint: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "user-1" || *got.ACR != "phr" || cmp.Diff(got.AMR, []string{"hwk"}) != "" || got.Static || !got.AuthTime.Equal(at) || got.Email != "a@example.com" {
		t.Errorf("got %+v", got)
	}
	if c := got.Claims; c["level"] != "gold" || c["extra"] != 1.0 || c["iss"] != idp.Issuer || c["nonce"] != nil {
		t.Errorf("claims %v", c)
	}
	if asked := idp.Asked(); asked.Has("acr_values") || asked.Has("login_hint") || asked.Get("scope") != "openid email" || asked.Get("response_type") != "code" {
		t.Errorf("asked %v", asked)
	}
}

func TestPassesOn(t *testing.T) {
	idp := newIDP(t)
	p := provider(t, idp, func(u *config.Upstream) { u.PassACRValues, u.PassLoginHint = true, true })
	if _, err := round(t, idp, p, upstream.Ask{ACRValues: []string{"b", "a"}, LoginHint: "alice", Prompt: "login select_account", MaxAge: new(int64(60))}); err != nil {
		t.Fatal(err)
	}
	asked := idp.Asked()
	for name, want := range map[string]string{"acr_values": "b a", "login_hint": "alice", "prompt": "login select_account", "max_age": "60"} {
		if asked.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, asked.Get(name), want)
		}
	}
	for _, ask := range []upstream.Ask{
		{Prompt: "none login"}, {Prompt: "create"}, {MaxAge: new(int64(-1))},
	} {
		if _, _, err := p.Begin(t.Context(), ask); !errors.Is(err, upstream.ErrAsk) {
			t.Errorf("%+v: %v", ask, err)
		}
	}
	// What this login's client asked for and can't be passed on stops nobody.
	address, _, err := p.Begin(t.Context(), upstream.Ask{ACRValues: []string{"gold card", "a", ""}, LoginHint: strings.Repeat("x", 2000), Prompt: "login"})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	// With prompt=login the provider must say when the login was.
	if q := u.Query(); q.Get("acr_values") != "a" || q.Has("login_hint") || q.Get("max_age") != "0" {
		t.Errorf("asks for %v", q)
	}
}

// A provider that lists the values it knows is asked for no others.
func TestKnownACRValues(t *testing.T) {
	for name, row := range map[string]struct {
		known []string
		want  string
	}{
		"it says nothing":  {nil, "b a c"},
		"it knows some":    {[]string{"c", "a", "z"}, "a c"},
		"it knows nothing": {[]string{"z"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			idp := newIDP(t)
			if row.known != nil {
				idp.Say(hosttest.Says{Discovery: map[string]any{"acr_values_supported": row.known}})
			}
			p := provider(t, idp, func(u *config.Upstream) { u.PassACRValues = true })
			if _, err := round(t, idp, p, upstream.Ask{ACRValues: []string{"b", "a", "c"}}); err != nil {
				t.Fatal(err)
			}
			if got := idp.Asked().Get("acr_values"); got != row.want {
				t.Errorf("asked for %q, want %q", got, row.want)
			}
		})
	}
}

// What the operator did not allow never counts, in whatever form it comes.
func TestClaimsMoreThanAllowed(t *testing.T) {
	idp := newIDP(t)
	for _, tt := range []struct {
		name     string
		acr, amr any
		config   func(*config.Upstream)
		wantACR  string
		wantAMR  []string
		static   bool
	}{
		{"nothing allowed", "phr", []string{"hwk"}, func(*config.Upstream) {}, "", []string{}, false},
		{"the static ones instead", "phr", []string{"hwk"}, func(u *config.Upstream) { u.ACR, u.AMR = "1.0", []string{"pwd"} }, "1.0", []string{"pwd"}, true},
		{"some allowed", "phr", []string{"hwk", "otp"}, func(u *config.Upstream) {
			u.AllowACR, u.AllowAMR, u.AMR = []string{"phrh"}, []string{"otp"}, []string{"pwd"}
		}, "", []string{"otp"}, false},
		{"acr is a list", []string{"phr"}, nil, func(u *config.Upstream) { u.AllowACR = []string{"*"} }, "", []string{}, false},
		{"acr is an object", map[string]any{"phr": 1}, nil, func(u *config.Upstream) { u.AllowACR = []string{"*"} }, "", []string{}, false},
		{"acr is empty", "", nil, func(u *config.Upstream) { u.AllowACR, u.ACR = []string{"*"}, "0" }, "0", []string{}, false},
		{"attack: acr with a line break", "phr\nx", nil, func(u *config.Upstream) { u.AllowACR, u.ACR = []string{"*"}, "0" }, "0", []string{}, false},
		{"attack: acr with a NUL", "phr\x00", nil, func(u *config.Upstream) { u.AllowACR = []string{"*"} }, "", []string{}, false},
		{"attack: a huge acr", strings.Repeat("x", 2000), nil, func(u *config.Upstream) { u.AllowACR = []string{"*"} }, "", []string{}, false},
		{"attack: amr with a line break", nil, []string{"a\nb", "otp", strings.Repeat("x", 200)}, func(u *config.Upstream) { u.AllowAMR = []string{"*"} }, "", []string{"otp"}, false},
		{"amr is a text", nil, "hwk", func(u *config.Upstream) { u.AllowAMR = []string{"*"} }, "", []string{}, false},
		{"amr holds no texts", nil, []any{1, "hwk"}, func(u *config.Upstream) { u.AllowAMR = []string{"*"} }, "", []string{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			idp.Say(hosttest.Says{ID: map[string]any{"acr": tt.acr, "amr": tt.amr}, Userinfo: map[string]any{"acr": "phr", "amr": []string{"hwk"}}})
			got, err := round(t, idp, provider(t, idp, func(u *config.Upstream) { u.Userinfo = true; tt.config(u) }), upstream.Ask{})
			if err != nil {
				t.Fatal(err)
			}
			acr := ""
			if got.ACR != nil {
				acr = *got.ACR
			}
			if acr != tt.wantACR || cmp.Diff(tt.wantAMR, got.AMR) != "" || got.Static != tt.static {
				t.Errorf("acr %q, amr %v, static %v", acr, got.AMR, got.Static)
			}
		})
	}
}

func TestForgedTokens(t *testing.T) {
	idp, other := newIDP(t), newIDP(t)
	set := func(name string, value any) hosttest.Says { return hosttest.Says{ID: map[string]any{name: value}} }
	signed := func(sign func(map[string]any) string) hosttest.Says { return hosttest.Says{Sign: sign} }
	public, err := json.Marshal(jose.JSONWebKey{Key: idp.Key.Public(), KeyID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]hosttest.Says{
		"wrong nonce":              set("nonce", "x"),
		"no nonce":                 set("nonce", nil),
		"wrong audience":           set("aud", "another client"),
		"two audiences, no azp":    set("aud", []string{"broker", "other"}),
		"another azp":              set("azp", "other"),
		"another issuer":           set("iss", "https://evil.example"),
		"expired":                  set("exp", time.Now().Add(-time.Minute).Unix()),
		"from the future":          set("iat", time.Now().Add(time.Hour).Unix()),
		"no iat":                   set("iat", nil),
		"no sub":                   set("sub", nil),
		"a long sub":               set("sub", strings.Repeat("x", 256)),
		"at_hash of another token": set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"claims without end":       set("x", strings.Repeat("x", 17<<10)),
		"a token without end":      set("x", strings.Repeat("x", 40<<10)),
		"signed by another key":    signed(func(c map[string]any) string { return hosttest.SignJWT(jose.ES256, other.Key, c) }),
		"HS256 with the secret": signed(func(c map[string]any) string {
			return hosttest.SignJWT(jose.HS256, []byte(strings.Repeat(hosttest.Secret, 2)), c)
		}),
		"HS256 with the public key":    signed(func(c map[string]any) string { return hosttest.SignJWT(jose.HS256, public, c) }),
		"alg none":                     signed(unsigned),
		"no ID token":                  signed(func(map[string]any) string { return "" }),
		"another sub in userinfo":      {Userinfo: map[string]any{"sub": "victim"}},
		"no sub in userinfo":           {Userinfo: map[string]any{"sub": nil}},
		"iss of another provider":      {Answer: func(v url.Values) { v.Set("iss", other.Issuer) }},
		"no iss though it is promised": {Answer: func(v url.Values) { v.Del("iss") }},
		"no code":                      {Answer: func(v url.Values) { v.Del("code") }},
		"a code of its own":            {Answer: func(v url.Values) { v.Set("code", "guessed") }},
		"an error with HTML":           {Answer: func(v url.Values) { v.Set("error", "<script>alert(1)</script>") }},
	} {
		t.Run(name, func(t *testing.T) {
			idp.Say(says)
			login, err := round(t, idp, provider(t, idp, func(u *config.Upstream) { u.Userinfo = true }), upstream.Ask{})
			if refused(err) != "invalid_answer" || login != nil {
				t.Errorf("got %+v, %v", login, err)
			}
		})
	}
}

func unsigned(claims map[string]any) string {
	document, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"none"}`)) + "." + part(document) + "."
}

// TestMixUp: a code of one provider never goes to another, and what was begun at one
// can't be finished at the other.
func TestMixUp(t *testing.T) {
	honest, evil := newIDP(t), newIDP(t)
	asked := false
	evil.Say(hosttest.Says{Token: func(http.ResponseWriter, *http.Request) { asked = true }})
	p := provider(t, honest, nil)
	q := provider(t, evil, func(u *config.Upstream) { u.Name = "evil" })
	address, pending, err := p.Begin(t.Context(), upstream.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	answer := comeBack(t, honest, address, pending)
	if _, err := q.Finish(t.Context(), pending, answer); refused(err) != "invalid_answer" || asked {
		t.Errorf("at the other: %v, it got the code: %v", err, asked)
	}
	pending.Provider = "evil"
	if _, err := q.Finish(t.Context(), pending, answer); refused(err) != "invalid_answer" || asked {
		t.Errorf("with another name: %v, it got the code: %v", err, asked)
	}
}

// The time of the login there is held to what was asked for.
func TestTooOld(t *testing.T) {
	idp := newIDP(t)
	p := provider(t, idp, nil)
	for _, tt := range []struct {
		name string
		ask  upstream.Ask
		at   any
		want string
	}{
		{"within max_age", upstream.Ask{MaxAge: new(int64(7200))}, time.Now().Add(-time.Hour).Unix(), ""},
		{"over max_age", upstream.Ask{MaxAge: new(int64(600))}, time.Now().Add(-time.Hour).Unix(), "too_old"},
		{"max_age 0", upstream.Ask{MaxAge: new(int64(0))}, time.Now().Add(-5 * time.Minute).Unix(), "too_old"},
		{"max_age without auth_time", upstream.Ask{MaxAge: new(int64(600))}, nil, "too_old"},
		{"prompt=login unread", upstream.Ask{Prompt: "login"}, time.Now().Add(-time.Hour).Unix(), "too_old"},
		{"prompt=login", upstream.Ask{Prompt: "login"}, time.Now().Unix(), ""},
		{"prompt=login, of unknown age", upstream.Ask{Prompt: "login"}, 0, "too_old"},
		{"nothing asked", upstream.Ask{}, time.Now().Add(-100 * time.Hour).Unix(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			idp.Say(hosttest.Says{ID: map[string]any{"auth_time": tt.at}})
			if _, err := round(t, idp, p, tt.ask); refused(err) != tt.want || err != nil && tt.want == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An address counts only when the provider verified it in so many words, and the
// operator trusts it with the domain.
func TestUnverifiedEmail(t *testing.T) {
	idp := newIDP(t)
	for _, tt := range []struct {
		name         string
		id, userinfo map[string]any
		domains      []string
		want         string
	}{
		{"verified", map[string]any{"email": "victim@example.com", "email_verified": true}, nil, []string{"example.com"}, "victim@example.com"},
		{"not verified", map[string]any{"email": "victim@example.com", "email_verified": false}, nil, []string{"*"}, ""},
		{"not said", map[string]any{"email": "victim@example.com"}, nil, []string{"*"}, ""},
		{"a text", map[string]any{"email": "victim@example.com", "email_verified": "true"}, nil, []string{"*"}, ""},
		{"another domain", map[string]any{"email": "victim@example.com", "email_verified": true}, nil, []string{"example.org", "xample.com"}, ""},
		{"no domain trusted", map[string]any{"email": "victim@example.com", "email_verified": true}, nil, nil, ""},
		{"two at signs", map[string]any{"email": "victim@example.com@evil.example", "email_verified": true}, nil, []string{"*"}, ""},
		{"verified is the other source's", map[string]any{"email": "victim@example.com"}, map[string]any{"email": "mine@evil.example", "email_verified": true}, []string{"*"}, ""},
		{"the other way round", map[string]any{"email_verified": true}, map[string]any{"email": "victim@example.com"}, []string{"*"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			idp.Say(hosttest.Says{ID: tt.id, Userinfo: tt.userinfo})
			got, err := round(t, idp, provider(t, idp, func(u *config.Upstream) { u.Userinfo, u.EmailDomains = true, tt.domains }), upstream.Ask{})
			if err != nil || got.Email != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// A provider that hangs, or talks without end, is given up, and is no refusal.
func TestSlowAndHuge(t *testing.T) {
	idp := newIDP(t)
	release := make(chan struct{})
	defer close(release)
	for name, token := range map[string]http.HandlerFunc{
		"hangs": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-release:
			}
		},
		"talks without end": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"`)
			for range 1 << 12 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<12)); err != nil {
					return
				}
			}
		},
		"sends the code elsewhere": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/steal")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"fails": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	} {
		t.Run(name, func(t *testing.T) {
			idp.Say(hosttest.Says{Token: token})
			began := time.Now()
			p := provider(t, idp, nil)
			address, pending, err := p.Begin(t.Context(), upstream.Ask{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			login, err := p.Finish(ctx, pending, comeBack(t, idp, address, pending))
			if err == nil || login != nil || time.Since(began) > time.Minute {
				t.Errorf("got %+v, %v after %s", login, err, time.Since(began))
			}
			if len(err.Error()) > 600 {
				t.Errorf("an error of %d bytes for the log", len(err.Error()))
			}
		})
	}
}

// TestDiscoveryLeadsInside: a provider must not send us into the operator's network, nor
// have secrets sent in the clear.
func TestDiscoveryLeadsInside(t *testing.T) {
	idp, inside := newIDP(t), newIDP(t)
	for name, discovery := range map[string]map[string]any{
		"another issuer":                {"issuer": "https://evil.example"},
		"a token endpoint in the clear": {"token_endpoint": "http://id.example/token"},
		"keys in the clear":             {"jwks_uri": "http://169.254.169.254/latest"},
		"a user in the address":         {"token_endpoint": "https://a:b@id.example/token"},
		"no authorization":              {"authorization_endpoint": ""},
		"a script":                      {"authorization_endpoint": "javascript:alert(1)"},
	} {
		t.Run(name, func(t *testing.T) {
			idp.Say(hosttest.Says{Discovery: discovery})
			if address, _, err := provider(t, idp, nil).Begin(t.Context(), upstream.Ask{}); err == nil {
				t.Errorf("begins at %s", address)
			}
		})
	}
	// https to an address inside is not connected to.
	idp.Say(hosttest.Says{Discovery: map[string]any{"token_endpoint": strings.Replace(inside.Issuer, "http://127.0.0.1", "https://127.0.0.2", 1) + "/token"}})
	if _, err := round(t, idp, provider(t, idp, nil), upstream.Ask{}); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("got %v", err)
	}
}

func TestReadAnswer(t *testing.T) {
	for _, query := range []url.Values{
		{"state": {"a", "b"}}, {"state": {"a"}, "code": {"a", "a"}}, {"state": {"a"}, "iss": {"x", "y"}}, {"state": {strings.Repeat("x", 5000)}},
	} {
		if _, _, err := upstream.ReadAnswer(query); err == nil {
			t.Errorf("%v is read", query)
		}
	}
}
