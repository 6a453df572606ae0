package oidc_test

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/token"
)

func TestTokenAnswersWithTokens(t *testing.T) {
	r := newRig(t)
	a := r.post("/token", exchange(r.code("spa", nil), nil))
	got := a.json(t)
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, headers %v: %s", a.StatusCode, a.Header, a.body)
	}
	if got["token_type"] != "Bearer" || got["expires_in"] != 300.0 || got["scope"] != "openid profile email phone offline_access" {
		t.Errorf("got %v", got)
	}
	if refresh, _ := got["refresh_token"].(string); len(refresh) < 43 {
		t.Errorf("refresh token %q has under 256 bits", refresh)
	}
	now := float64(r.clock.now().Unix())
	id := claims(t, got["id_token"])
	delete(id, "jti")
	want := map[string]any{
		"iss": r.server.URL, "sub": "u-alice", "aud": "spa", "iat": now, "exp": now + 300, "auth_time": now - 60, "nonce": "the nonce",
		"at_hash": token.LeftHash(token.RS256, got["access_token"].(string)), "acr": "2.0", "amr": []any{"pwd", "sms", "mfa"},
	}
	if diff := cmp.Diff(want, id); diff != "" {
		t.Error(diff)
	}
	access := claims(t, got["access_token"])
	if access["aud"] != r.server.URL || access["client_id"] != "spa" || access["acr"] != "2.0" || access["auth_time"] != now-60 || access["exp"] != now+300 {
		t.Errorf("access token %v", access)
	}
}

// No step set an acr: no token has one, whatever was requested.
func TestTokenWithoutACR(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.Run.ACR = nil }
	got := r.tokens(url.Values{"acr_values": {"2.5"}})
	for _, name := range []string{"id_token", "access_token"} {
		if acr, ok := claims(t, got[name])["acr"]; ok {
			t.Errorf("%s has acr %v", name, acr)
		}
	}
}

func TestTokenCarriesGrantedClaims(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) {
		f.Run.Claims = map[string]any{"branch": "Oslo", "sub": "root", "acr": "9", "Amr": "hwk"}
	}
	id := claims(t, r.tokens(nil)["id_token"])
	if id["branch"] != "Oslo" || id["sub"] != "u-alice" || id["acr"] != "2.0" || id["Amr"] != nil {
		t.Errorf("ID token %v", id)
	}
}

func TestTokenPlainOAuth(t *testing.T) {
	r := newRig(t)
	got := r.tokens(url.Values{"scope": {"email"}})
	if got["id_token"] != nil || got["access_token"] == nil || got["scope"] != "email" {
		t.Errorf("got %v", got)
	}
}

func TestTokenRefreshOnlyForThoseRegistered(t *testing.T) {
	r := newRig(t)
	code := r.code("short", url.Values{"scope": {"openid"}})
	got := r.post("/token", exchange(code, url.Values{"client_id": {"short"}})).json(t)
	if got["refresh_token"] != nil || got["id_token"] == nil {
		t.Errorf("got %v", got)
	}
	r.wantError(r.post("/token", refresh("x", url.Values{"client_id": {"short"}})), http.StatusBadRequest, "unauthorized_client")
}

// go-oidc as the client: discovery, keys and every check that it makes, with the
// algorithms of a client that wants others than the defaults.
func TestTokenIsGoodForARealClient(t *testing.T) {
	r := newRig(t)
	provider, err := gooidc.NewProvider(t.Context(), r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	form := exchange(r.code("web", nil), url.Values{"client_id": {}, "redirect_uri": {webURI}})
	got := r.post("/token", form, basic("web", secret)).json(t)
	check := provider.VerifierContext(t.Context(), &gooidc.Config{ClientID: "web", Now: r.clock.now, SupportedSigningAlgs: []string{"ES256"}})
	id, err := check.Verify(t.Context(), got["id_token"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if err := id.VerifyAccessToken(got["access_token"].(string)); err != nil || id.Nonce != "the nonce" {
		t.Errorf("nonce %q, at_hash: %v", id.Nonce, err)
	}
	resource := provider.VerifierContext(t.Context(), &gooidc.Config{ClientID: r.server.URL, Now: r.clock.now, SupportedSigningAlgs: []string{"RS256"}})
	if _, err := resource.Verify(t.Context(), got["access_token"].(string)); err != nil {
		t.Error(err)
	}
}

func TestTokenRequestFaults(t *testing.T) {
	r := newRig(t)
	code := r.code("spa", nil)
	for name, row := range map[string]struct {
		form url.Values
		want string
	}{
		"no grant type":       {exchange(code, url.Values{"grant_type": {}}), "invalid_request"},
		"unknown grant type":  {exchange(code, url.Values{"grant_type": {"password"}}), "unsupported_grant_type"},
		"no code":             {exchange("", nil), "invalid_request"},
		"no redirect URI":     {exchange(code, url.Values{"redirect_uri": {}}), "invalid_request"},
		"code twice":          {exchange(code, url.Values{"code": {code, code}}), "invalid_request"},
		"verifier twice":      {exchange(code, url.Values{"code_verifier": {verifier, verifier}}), "invalid_request"},
		"client twice":        {exchange(code, url.Values{"client_id": {"spa", "spa"}}), "invalid_request"},
		"unknown code":        {exchange("x", nil), "invalid_grant"},
		"no refresh token":    {refresh("", nil), "invalid_request"},
		"unknown refresh":     {refresh("x", nil), "invalid_grant"},
		"a code as a refresh": {refresh(code, nil), "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) { r.wantError(r.post("/token", row.form), http.StatusBadRequest, row.want) })
	}
	r.wantError(r.post("/token?"+exchange(code, nil).Encode(), nil), http.StatusUnauthorized, "invalid_client")
	r.wantError(r.post("/token", exchange(code, nil), func(q *http.Request) {
		q.Header.Set("Content-Type", "application/json")
	}), http.StatusBadRequest, "invalid_request")
	if a := r.get("/token", exchange(code, nil)); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", a.StatusCode)
	}
	// None of it used the code up.
	if a := r.post("/token", exchange(code, nil)); a.StatusCode != http.StatusOK {
		t.Errorf("the code after all that: %s", a.body)
	}
}

func TestClientAuthentication(t *testing.T) {
	header := func(value string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("Authorization", value) }
	}
	raw := func(s string) func(*http.Request) {
		return header("Basic " + base64.StdEncoding.EncodeToString([]byte(s)))
	}
	none := func(*http.Request) {}
	for name, row := range map[string]struct {
		client string // whose code it is
		extra  url.Values
		change func(*http.Request)
		want   string
	}{
		"basic":                           {"web", url.Values{"client_id": {}}, basic("web", secret), ""},
		"basic and client_id":             {"web", url.Values{"client_id": {"web"}}, basic("web", secret), ""},
		"post":                            {"post", url.Values{"client_id": {"post"}, "client_secret": {secret}}, none, ""},
		"none":                            {"spa", url.Values{"client_id": {"spa"}, "redirect_uri": {spaURI}}, none, ""},
		"no client":                       {"web", url.Values{"client_id": {}}, none, "invalid_client"},
		"unknown client":                  {"web", url.Values{"client_id": {}}, basic("nobody", secret), "invalid_client"},
		"wrong secret":                    {"web", url.Values{"client_id": {}}, basic("web", secret+"x"), "invalid_client"},
		"empty secret":                    {"web", url.Values{"client_id": {}}, basic("web", ""), "invalid_client"},
		"secret not encoded":              {"web", url.Values{"client_id": {}}, raw("web:" + secret), ""},
		"wrong secret, not encoded":       {"web", url.Values{"client_id": {}}, raw("web:" + secret + "+"), "invalid_client"},
		"no secret":                       {"web", url.Values{"client_id": {"web"}}, none, "invalid_client"},
		"post, registered for basic":      {"web", url.Values{"client_id": {"web"}, "client_secret": {secret}}, none, "invalid_client"},
		"basic, registered for post":      {"post", url.Values{"client_id": {}}, basic("post", secret), "invalid_client"},
		"post, registered for no way":     {"either", url.Values{"client_id": {"either"}, "client_secret": {secret}}, none, ""},
		"basic, registered for no way":    {"either", url.Values{"client_id": {}}, basic("either", secret), ""},
		"wrong post, for no way":          {"either", url.Values{"client_id": {"either"}, "client_secret": {"x"}}, none, "invalid_client"},
		"wrong secret by post":            {"post", url.Values{"client_id": {"post"}, "client_secret": {"x"}}, none, "invalid_client"},
		"basic and post":                  {"web", url.Values{"client_id": {"web"}, "client_secret": {secret}}, basic("web", secret), "invalid_request"},
		"basic and another client_id":     {"web", url.Values{"client_id": {"spa"}}, basic("web", secret), "invalid_request"},
		"two headers":                     {"web", nil, func(q *http.Request) { basic("web", secret)(q); q.Header.Add("Authorization", "Basic eDp5") }, "invalid_request"},
		"public client with empty basic":  {"spa", url.Values{"client_id": {}, "redirect_uri": {spaURI}}, basic("spa", ""), ""},
		"public client with basic secret": {"spa", url.Values{"client_id": {}, "redirect_uri": {spaURI}}, basic("spa", "x"), "invalid_client"},
		"public client with a secret":     {"spa", url.Values{"client_id": {"spa"}, "client_secret": {"x"}}, none, "invalid_client"},
		"public client with empty secret": {"spa", url.Values{"client_id": {"spa"}, "client_secret": {""}, "redirect_uri": {spaURI}}, none, ""},
		"bearer":                          {"web", nil, header("Bearer x"), "invalid_client"},
		"not base64":                      {"web", nil, header("Basic %%%"), "invalid_client"},
		"no colon":                        {"web", nil, raw("web"), "invalid_client"},
		"bad escape in the id":            {"web", nil, raw("%zz:x"), "invalid_client"},
		"bad escape in the secret":        {"web", url.Values{"client_id": {}}, raw("web:%zz"), "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			form := exchange(r.code(row.client, nil), url.Values{"redirect_uri": {webURI}})
			maps.Copy(form, row.extra)
			a := r.post("/token", form, row.change)
			switch row.want {
			case "":
				if a.StatusCode != http.StatusOK {
					t.Errorf("status %d: %s", a.StatusCode, a.body)
				}
			case "invalid_client":
				r.wantError(a, http.StatusUnauthorized, row.want)
				if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic realm=") {
					t.Errorf("WWW-Authenticate %q", a.Header.Get("WWW-Authenticate"))
				}
			default:
				r.wantError(a, http.StatusBadRequest, row.want)
			}
			if strings.Contains(a.body, secret) || strings.Contains(a.body, "nobody") {
				t.Errorf("the answer tells: %s", a.body)
			}
		})
	}
}

// Whoever fails to prove that they are the client leaves the code alone.
func TestStrangersDoNotUseUpCodes(t *testing.T) {
	r := newRig(t)
	form := exchange(r.code("web", nil), url.Values{"redirect_uri": {webURI}, "client_id": {"web"}})
	r.wantError(r.post("/token", form, basic("web", "guess")), http.StatusUnauthorized, "invalid_client")
	if a := r.post("/token", form, basic("web", secret)); a.StatusCode != http.StatusOK {
		t.Errorf("the client itself: %s", a.body)
	}
}

// Wrong use of a code: invalid_grant, nothing issued, no second try, and the grant
// ends.
func TestCodeMisuse(t *testing.T) {
	for name, row := range map[string]struct {
		authorize, token url.Values
		client           string
		change           func(*http.Request)
	}{
		"wrong verifier":            {client: "spa", token: url.Values{"code_verifier": {strings.Repeat("x", 43)}}},
		"no verifier":               {client: "spa", token: url.Values{"code_verifier": {}}},
		"verifier is the challenge": {client: "spa", token: url.Values{"code_verifier": good("spa", nil)["code_challenge"]}},
		"verifier too short":        {client: "spa", token: url.Values{"code_verifier": {"short"}}},
		"verifier too long":         {client: "spa", token: url.Values{"code_verifier": {strings.Repeat("x", 129)}}},
		"downgrade": {
			client: "web", change: basic("web", secret), authorize: url.Values{"code_challenge": {}, "code_challenge_method": {}},
			token: url.Values{"client_id": {}, "redirect_uri": {webURI}},
		},
		"another redirect URI": {client: "spa", token: url.Values{"redirect_uri": {"http://127.0.0.1/cb"}}},
		"another client":       {client: "spa", token: url.Values{"client_id": {"strict"}}},
		"another client, with a secret": {
			client: "spa", change: basic("web", secret), token: url.Values{"client_id": {}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			code := r.code(row.client, row.authorize)
			var changes []func(*http.Request)
			if row.change != nil {
				changes = append(changes, row.change)
			}
			r.wantError(r.post("/token", exchange(code, row.token), changes...), http.StatusBadRequest, "invalid_grant")
			if diff := cmp.Diff([]string{"grant.revoked", "login.ok"}, r.events()); diff != "" {
				t.Error(diff)
			}
			own := exchange(code, nil)
			if row.client == "web" {
				own = exchange(code, url.Values{"client_id": {}, "redirect_uri": {webURI}, "code_verifier": {}})
			} else {
				changes = nil
			}
			r.wantError(r.post("/token", own, changes...), http.StatusBadRequest, "invalid_grant")
		})
	}
}

// A second use, also long after, takes back what the first use gave.
func TestCodeUsedTwice(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "after the code's life": 31 * time.Second, "much later": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			code := r.code("spa", nil)
			first := r.post("/token", exchange(code, nil)).json(t)
			r.clock.advance(wait)
			if _, err := r.store.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			second := first
			if wait > time.Hour { // keep the family alive, as a client would
				second = r.post("/token", refresh(first["refresh_token"].(string), nil)).json(t)
			}
			r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
			if !slices.Contains(r.events(), "grant.revoked") {
				t.Errorf("events %v", r.events())
			}
			r.wantError(r.post("/token", refresh(second["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
			a := r.userinfo(second["access_token"].(string))
			if a.StatusCode != http.StatusUnauthorized {
				t.Errorf("userinfo with the first access token: %d", a.StatusCode)
			}
			r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
		})
	}
}

func TestCodeExpires(t *testing.T) {
	r := newRig(t)
	code := r.code("spa", nil)
	r.clock.advance(time.Minute)
	r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")
}

// Many at once: one wins at most, the others end the grant, whatever the order.
func TestCodeRace(t *testing.T) {
	r := newRig(t)
	for range 20 {
		code := r.code("spa", nil)
		winners := r.race(8, exchange(code, nil))
		if len(winners) > 1 {
			t.Fatalf("%d winners", len(winners))
		}
		if len(winners) == 0 { // another ended the grant before it was answered
			continue
		}
		r.wantError(r.post("/token", refresh(winners[0]["refresh_token"].(string), nil)), http.StatusBadRequest, "invalid_grant")
		if a := r.userinfo(winners[0]["access_token"].(string)); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("userinfo after the race: %d", a.StatusCode)
		}
	}
}

// race posts the same form n times at once and gives the good answers.
func (r *rig) race(n int, form url.Values) []map[string]any {
	r.Helper()
	var mu sync.Mutex
	var winners []map[string]any
	var wg sync.WaitGroup
	start, cancel := context.WithCancel(r.Context())
	for range n {
		wg.Go(func() {
			<-start.Done()
			a := r.post("/token", form)
			if a.StatusCode != http.StatusOK {
				r.wantError(a, http.StatusBadRequest, "invalid_grant")
				return
			}
			mu.Lock()
			defer mu.Unlock()
			winners = append(winners, a.json(r.T))
		})
	}
	cancel()
	wg.Wait()
	return winners
}
