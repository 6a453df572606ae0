package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// inspect asks as the confidential client web.
func (r *rig) inspect(token any) map[string]any {
	r.Helper()
	raw, _ := token.(string)
	a := r.post("/introspect", url.Values{"token": {raw}}, basic("web", secret))
	if a.StatusCode != http.StatusOK {
		r.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
	return a.json(r.T)
}

var inactive = map[string]any{"active": false}

func TestIntrospectAccessToken(t *testing.T) {
	r := newRig(t)
	tokens := r.tokens(nil)
	got := r.inspect(tokens["access_token"])
	access := claims(t, tokens["access_token"])
	want := map[string]any{
		"active": true, "token_type": "Bearer", "username": "alice", "sub": "u-alice", "client_id": "spa", "iss": r.server.URL, "aud": r.server.URL,
		"acr": "2.0", "amr": []any{"pwd", "sms", "mfa"}, "auth_time": access["auth_time"], "scope": access["scope"],
		"exp": access["exp"], "iat": access["iat"], "jti": access["jti"],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestIntrospectFrozen: what the user did since the grant does not show in it.
func TestIntrospectFrozen(t *testing.T) {
	r := newRig(t)
	r.login.change = func(f *login.Finished) { f.Run.ACR, f.AMR = new("1.0"), []string{"pwd"} }
	first := r.tokens(nil)
	began := claims(t, first["access_token"])["auth_time"]
	r.clock.advance(time.Minute)
	r.login.change = nil
	second := r.tokens(nil)
	again := r.post("/token", refresh(first["refresh_token"].(string), nil)).json(t)
	for name, row := range map[string]struct {
		tokens map[string]any
		acr    string
		at     any
	}{"first": {first, "1.0", began}, "first, refreshed": {again, "1.0", began}, "second": {second, "2.0", began.(float64) + 60}} {
		got := r.inspect(row.tokens["access_token"])
		id := claims(t, row.tokens["id_token"])
		if got["acr"] != row.acr || id["acr"] != row.acr || got["auth_time"] != row.at || id["auth_time"] != row.at {
			t.Errorf("%s: introspection says %v at %v, ID token %v at %v, want %s at %v", name, got["acr"], got["auth_time"], id["acr"], id["auth_time"], row.acr, row.at)
		}
	}
}

func TestIntrospectInactive(t *testing.T) {
	for name, end := range map[string]func(*rig, map[string]any) any{
		"no token of ours": func(*rig, map[string]any) any { return "a.b.c" },
		"unknown secret":   func(*rig, map[string]any) any { return "AAAAAAAAAAAAAAAAAAAAAAAAAA" },
		"an ID token":      func(_ *rig, tokens map[string]any) any { return tokens["id_token"] },
		"expired": func(r *rig, tokens map[string]any) any {
			r.clock.advance(5 * time.Minute)
			return tokens["access_token"]
		},
		"grant revoked": func(r *rig, tokens map[string]any) any {
			id := claims(r.T, tokens["access_token"])["grant_id"].(string)
			if err := r.store.RevokeGrant(r.Context(), id, r.clock.now()); err != nil {
				r.Fatal(err)
			}
			return tokens["access_token"]
		},
		"user disabled": func(r *rig, tokens map[string]any) any {
			r.addUser("u-alice", func(u *store.User) { u.Disabled = true })
			return tokens["access_token"]
		},
		"another client's refresh token": func(_ *rig, tokens map[string]any) any { return tokens["refresh_token"] },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if diff := cmp.Diff(inactive, r.inspect(end(r, r.tokens(nil)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIntrospectRefreshToken(t *testing.T) {
	r := newRig(t)
	code := r.code("web", nil)
	tokens := r.post("/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webURI}, "code_verifier": {verifier},
	}, basic("web", secret)).json(t)
	got := r.inspect(tokens["refresh_token"])
	if got["active"] != true || got["acr"] != "2.0" || got["client_id"] != "web" || got["token_type"] != nil {
		t.Errorf("got %v", got)
	}
}

// TestIntrospectNeedsAClient: whoever can't prove to be a client could try tokens out.
func TestIntrospectNeedsAClient(t *testing.T) {
	r := newRig(t)
	token := r.tokens(nil)["access_token"].(string)
	for name, a := range map[string]reply{
		"nobody":        r.post("/introspect", url.Values{"token": {token}}),
		"public client": r.post("/introspect", url.Values{"token": {token}, "client_id": {"spa"}}),
		"wrong secret":  r.post("/introspect", url.Values{"token": {token}}, basic("web", "guess")),
	} {
		t.Run(name, func(*testing.T) { r.wantError(a, http.StatusUnauthorized, "invalid_client") })
	}
	r.wantError(r.post("/introspect", url.Values{}, basic("web", secret)), http.StatusBadRequest, "invalid_request")
	r.wantError(r.post("/introspect", url.Values{"token": {token, token}}, basic("web", secret)), http.StatusBadRequest, "invalid_request")
}

// Attack: a client that proves itself shows a token that it came by, and learns whose it is
// (RFC 7662 4). It is told nothing, unless the operator made it a resource server of the
// token's audience; one that registered itself never is.
func TestIntrospectOthersTokens(t *testing.T) {
	r := newRegistry(t, open)
	snoop := r.register(nil)
	secrets := map[string]string{
		"rs": r.add("rs", map[string]any{"introspects": []any{ledgerURL}}), "shop": r.add("shop", map[string]any{"resources": []any{ledgerURL}}),
		"asks": r.add("asks", map[string]any{"introspects": []any{r.server.URL}}), "snoop": snoop.secret, "web": secret, "api": secret,
	}
	own := r.tokens(nil)["access_token"]
	bank := r.exchangeAs("api", own, url.Values{"audience": {ledgerURL}}).json(t)["access_token"]
	for name, row := range map[string]struct {
		client string
		token  any
		want   bool
	}{
		"its resource server": {"rs", bank, true}, "the resource server of another": {"rs", own, false}, "its own client": {"api", bank, true},
		"may ask for such tokens": {"shop", bank, false}, "of the provider": {"asks", own, true}, "any": {"web", bank, true},
		"registered itself": {"snoop", own, false},
	} {
		id := row.client
		if id == "snoop" {
			id = snoop.id
		}
		a := r.post("/introspect", url.Values{"token": {row.token.(string)}}, basic(id, secrets[row.client]))
		if got := a.json(t); got["active"] != row.want || !row.want && len(got) > 1 {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// Attack: two clients of different sectors compare the names that introspection told them.
func TestIntrospectTellsNoNameWithoutProfile(t *testing.T) {
	r := newRig(t)
	got := r.inspect(r.tokens(url.Values{"scope": {"openid email"}})["access_token"])
	if got["active"] != true || got["username"] != nil {
		t.Errorf("%v", got)
	}
}
