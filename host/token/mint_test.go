package token_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/token"
)

const issuer = "https://id.example.com"

func accessToken() token.Access {
	return token.Access{
		Issuer: issuer, Subject: "u1", Audience: token.Audience{issuer}, ClientID: "bank-web", GrantID: "g1",
		Scope: []string{"openid", "email"}, IssuedAt: at(), ExpiresAt: at().Add(5 * time.Minute),
		AuthTime: at().Add(-time.Hour), ACR: new("2.0"), AMR: []string{"pwd", "sms", "mfa"},
	}
}

func idToken() token.ID {
	return token.ID{
		Issuer: issuer, Subject: "u1", Audience: "bank-web",
		IssuedAt: at(), ExpiresAt: at().Add(5 * time.Minute), AuthTime: at().Add(-time.Hour),
		Nonce: "n", AccessToken: "a.b.c", ACR: new("2.0"), AMR: []string{"pwd"},
	}
}

func headerOf(t *testing.T, raw string) map[string]any { return decode(t, part(t, raw, 0)) }
func claimsOf(t *testing.T, raw string) map[string]any { return decode(t, part(t, raw, 1)) }

func part(t *testing.T, raw string, n int) []byte {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMintAccess(t *testing.T) {
	keys := open(t, newStore())
	for _, alg := range token.Algs() {
		raw, err := keys.MintAccess(alg, accessToken())
		if err != nil {
			t.Fatal(err)
		}
		h, c := headerOf(t, raw), claimsOf(t, raw)
		if h["alg"] != alg || h["typ"] != "at+jwt" || h["kid"] == nil {
			t.Errorf("header %v", h)
		}
		if id, _ := c["jti"].(string); len(id) < 22 {
			t.Errorf("jti %q has under 128 bits", id)
		}
		delete(c, "jti")
		want := map[string]any{
			"iss": issuer, "sub": "u1", "aud": issuer, "client_id": "bank-web", "grant_id": "g1",
			"scope": "openid email", "iat": float64(at().Unix()), "exp": float64(at().Unix() + 300),
			"auth_time": float64(at().Unix() - 3600), "acr": "2.0", "amr": []any{"pwd", "sms", "mfa"},
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Error(diff)
		}
	}
}

func TestMintID(t *testing.T) {
	keys := open(t, newStore())
	in := idToken()
	in.Extra = map[string]any{"branch": "Oslo", "acr": "9", "SUB": "root", "\u017fub": "root", "aud": "all"}
	raw, err := keys.MintID(token.RS256, in)
	if err != nil {
		t.Fatal(err)
	}
	c := claimsOf(t, raw)
	delete(c, "jti")
	want := map[string]any{
		"iss": issuer, "sub": "u1", "aud": "bank-web", "nonce": "n", "at_hash": token.LeftHash(token.RS256, "a.b.c"),
		"iat": float64(at().Unix()), "exp": float64(at().Unix() + 300),
		"auth_time": float64(at().Unix() - 3600), "acr": "2.0", "amr": []any{"pwd"}, "branch": "Oslo",
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

// An introspection response has neither sub nor exp, and a type of its own, so that it is no
// token (RFC 9701 5, 8.1): not here, and for nobody who looks at the type.
func TestMintIntrospection(t *testing.T) {
	keys := open(t, newStore())
	for _, alg := range token.Algs() {
		raw, err := keys.MintIntrospection(alg, token.Introspection{Issuer: issuer, Audience: "api", IssuedAt: at(), Answer: []byte(`{"active":true,"sub":"u1","exp":1}`)})
		if err != nil {
			t.Fatal(err)
		}
		if h := headerOf(t, raw); h["alg"] != alg || h["typ"] != "token-introspection+jwt" {
			t.Errorf("header %v", h)
		}
		want := map[string]any{"iss": issuer, "aud": "api", "iat": float64(at().Unix()), "token_introspection": map[string]any{"active": true, "sub": "u1", "exp": 1.0}}
		if diff := cmp.Diff(want, claimsOf(t, raw)); diff != "" {
			t.Error(diff)
		}
		_, errAccess := keys.VerifyAccess(raw, issuer, token.AnyAudience)
		_, errHint := keys.VerifyHint(raw, issuer)
		if !errors.Is(errAccess, token.ErrInvalid) || !errors.Is(errHint, token.ErrInvalid) {
			t.Errorf("passes as a token: %v, %v", errAccess, errHint)
		}
	}
	for _, alg := range []string{"", "none", "HS256"} {
		if raw, err := keys.MintIntrospection(alg, token.Introspection{Answer: []byte(`{}`)}); err == nil {
			t.Errorf("minted with %q: %s", alg, raw)
		}
	}
}

// What nobody decided is not in the token: no "0", no empty list.
func TestMintLeavesOutWhatWasNotDecided(t *testing.T) {
	keys := open(t, newStore())
	id, access := idToken(), accessToken()
	id.ACR, id.AMR, id.AuthTime, id.Nonce, id.AccessToken = nil, nil, time.Time{}, "", ""
	access.ACR, access.AMR, access.AuthTime = nil, nil, time.Time{}
	rawID, errID := keys.MintID(token.RS256, id)
	rawAccess, errAccess := keys.MintAccess(token.ES256, access)
	if errID != nil || errAccess != nil {
		t.Fatal(errID, errAccess)
	}
	for _, raw := range []string{rawID, rawAccess} {
		for _, claim := range []string{"acr", "amr", "auth_time", "nonce", "at_hash"} {
			if v, ok := claimsOf(t, raw)[claim]; ok {
				t.Errorf("%s is %v", claim, v)
			}
		}
	}
}

func TestMintRefuses(t *testing.T) {
	keys := open(t, newStore())
	empty := accessToken()
	empty.ACR = new("")
	if raw, err := keys.MintAccess(token.ES256, empty); err == nil {
		t.Errorf("minted an empty acr: %s", raw)
	}
	for _, alg := range []string{"", "none", "HS256", "ES512"} {
		if raw, err := keys.MintID(alg, idToken()); err == nil {
			t.Errorf("minted with %q: %s", alg, raw)
		}
	}
}

// The example of OpenID Connect Core A.3.
func TestLeftHash(t *testing.T) {
	const access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
	if got, want := token.LeftHash(token.RS256, access), "77QmUPtjPfzWtF2AnpK9RQ"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func BenchmarkMintAccess(b *testing.B) {
	keys := open(b, newStore())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.MintAccess(token.ES256, accessToken()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMintID(b *testing.B) {
	keys := open(b, newStore())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.MintID(token.RS256, idToken()); err != nil {
			b.Fatal(err)
		}
	}
}
