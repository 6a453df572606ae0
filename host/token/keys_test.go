package token_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

func TestOpenMakesKeysOnce(t *testing.T) {
	s := newStore()
	first, second := open(t, s), open(t, s)
	if diff := cmp.Diff(string(first.JWKS()), string(second.JWKS())); diff != "" {
		t.Errorf("the second start has other keys:\n%s", diff)
	}
	if first.ETag() != second.ETag() || len(first.ETag()) < 10 {
		t.Errorf("entity tags %s and %s", first.ETag(), second.ETag())
	}
	if n := len(s.all(t)); n != 4 {
		t.Errorf("%d keys stored, want 4", n)
	}
}

func TestOpenAtOnceEndsWithTheSameKeys(t *testing.T) {
	const hosts = 4
	s := newStore()
	s.late = &sync.WaitGroup{}
	s.late.Add(hosts)
	sets := make([]string, hosts)
	var wg sync.WaitGroup
	for i := range hosts {
		wg.Go(func() {
			keys, err := token.Open(t.Context(), s, sealer(), at)
			if err != nil {
				t.Error(err)
				return
			}
			sets[i] = string(keys.JWKS())
		})
	}
	wg.Wait()
	for _, set := range sets {
		if set == "" || set != sets[0] {
			t.Fatalf("hosts differ:\n%s\n%s", sets[0], set)
		}
	}
}

func TestJWKS(t *testing.T) {
	set := decode(t, open(t, newStore()).JWKS())
	kinds := map[string]string{}
	for _, k := range set["keys"].([]any) {
		k := k.(map[string]any)
		if k["kid"] == "" || k["use"] != "sig" {
			t.Errorf("kid %v, use %v", k["kid"], k["use"])
		}
		kinds[k["alg"].(string)] = k["kty"].(string)
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, ok := k[private]; ok {
				t.Errorf("%s: member %s is private", k["alg"], private)
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestRetiredKeyChecksButSignsNoMore(t *testing.T) {
	s := newStore()
	old, err := open(t, s).MintAccess(token.ES256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	before := s.all(t)
	for i := range before {
		before[i].RetiredAt = at()
	}
	s.put(t, before)
	keys := open(t, s)
	if _, err := keys.VerifyAccess(old, issuer, issuer); err != nil {
		t.Errorf("token of a retired key: %v", err)
	}
	fresh, err := keys.MintAccess(token.ES256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	if headerOf(t, fresh)["kid"] == headerOf(t, old)["kid"] {
		t.Error("the retired key still signs")
	}
	if n := len(decode(t, keys.JWKS())["keys"].([]any)); n != 8 {
		t.Errorf("%d keys published, want 8", n)
	}
}

func TestOpenRefusesTamperedStore(t *testing.T) {
	for name, tamper := range map[string]func(k []store.SigningKey){
		"sealed bytes":        func(k []store.SigningKey) { k[0].Sealed[3] ^= 1 },
		"another id":          func(k []store.SigningKey) { k[0].ID = "other" },
		"keys exchanged":      func(k []store.SigningKey) { k[0].Sealed, k[1].Sealed = k[1].Sealed, k[0].Sealed },
		"algorithm exchanged": func(k []store.SigningKey) { k[0].Alg, k[1].Alg = k[1].Alg, k[0].Alg },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore()
			keys := open(t, s)
			changed := s.all(t)
			tamper(changed)
			s.put(t, changed)
			if _, err := token.Open(t.Context(), s, sealer(), at); err == nil {
				t.Error("opened")
			}
			if err := keys.Refresh(t.Context()); err == nil {
				t.Error("read again")
			}
			if _, err := keys.MintAccess(token.ES256, accessToken()); err != nil {
				t.Errorf("what was read before is lost: %v", err)
			}
		})
	}
}
