package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/token"
)

// A token that is known to be good vouches for no other: not for one with its signature,
// nor for one with its header and payload.
func TestKnownTokenVouchesForItselfAlone(t *testing.T) {
	shared := newStore()
	keys, another := open(t, shared), open(t, shared) // which checks before it knows
	mint := func(grant string) string {
		a := accessToken()
		a.GrantID = grant
		raw, err := keys.MintAccess(token.ES256, a)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	good, other := strings.Split(mint("g1"), "."), strings.Split(mint("g2"), ".")
	for _, host := range []*token.Keys{keys, another} {
		for range 2 {
			a, err := host.VerifyAccess(strings.Join(good, "."), issuer, issuer)
			if err != nil || a.GrantID != "g1" {
				t.Fatalf("%+v, %v", a, err)
			}
		}
		for name, parts := range map[string][]string{
			"another signature":         {good[0], good[1], other[2]},
			"another payload":           {good[0], other[1], good[2]},
			"no signature":              {good[0], good[1], ""},
			"two signatures":            {good[0], good[1], good[2], other[2]},
			"a space":                   {good[0], good[1], good[2] + " "},
			"another form of the bytes": {good[0], good[1] + "=", good[2]},
		} {
			if _, err := host.VerifyAccess(strings.Join(parts, "."), issuer, issuer); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestKnownTokenEndsWithItsKey(t *testing.T) {
	shared := newStore()
	keys := open(t, shared)
	raw, err := keys.MintAccess(token.ES256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	if err := shared.RemoveSigningKey(t.Context(), headerOf(t, raw)["kid"].(string)); err != nil {
		t.Fatal(err)
	}
	next := open(t, shared) // makes a key in its place
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, host := range []*token.Keys{keys, next} {
		if _, err := host.VerifyAccess(raw, issuer, issuer); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("a token of a key that is gone: %v", err)
		}
	}
}

func BenchmarkVerifyAccess(b *testing.B) {
	shared := newStore()
	keys := open(b, shared)
	raw, err := keys.MintAccess(token.ES256, accessToken())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.VerifyAccess(raw, issuer, issuer); err != nil {
			b.Fatal(err)
		}
	}
}
