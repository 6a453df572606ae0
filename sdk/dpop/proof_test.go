package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/sdk/dpop"
)

const (
	tokenURL = "https://as.example.com/token"
	access   = "an.access.token"
)

var now = time.Unix(1_800_000_000, 0)

func request() dpop.Request {
	return dpop.Request{Method: "POST", URL: tokenURL, AccessToken: access, Now: now}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// proof signs a proof that works; change makes it another one.
func proof(t testing.TB, alg jose.SignatureAlgorithm, key crypto.Signer, change func(head map[jose.HeaderKey]any, claims map[string]any)) string {
	t.Helper()
	claims := map[string]any{"jti": "j1", "htm": "POST", "htu": tokenURL, "iat": now.Unix(), "ath": hash(access)}
	head := map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: key.Public()}}
	if change != nil {
		change(head, claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &jose.SignerOptions{ExtraHeaders: head})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// forged puts a header of its own before a proof's payload.
func forged(t testing.TB, head, raw string) string {
	t.Helper()
	parts := strings.Split(raw, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + parts[1] + "." + parts[2]
}

func TestCheckTakesEveryAlgorithm(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[jose.SignatureAlgorithm]crypto.Signer{
		jose.ES256: ecKey(t, elliptic.P256()), jose.ES384: ecKey(t, elliptic.P384()), jose.ES512: ecKey(t, elliptic.P521()),
		jose.PS256: rsaKey, jose.RS256: rsaKey, jose.EdDSA: edKey,
	}
	for _, alg := range dpop.Algs() {
		key := keys[jose.SignatureAlgorithm(alg)]
		got, err := dpop.Check(proof(t, jose.SignatureAlgorithm(alg), key, nil), request())
		if err != nil {
			t.Errorf("%s: %v", alg, err)
			continue
		}
		sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
		if want := base64.RawURLEncoding.EncodeToString(sum); err != nil || got.Thumbprint != want || !dpop.IsThumbprint(want) {
			t.Errorf("%s: thumbprint %s, want %s", alg, got.Thumbprint, want)
		}
		if got.ID != "j1" || !got.Until.Equal(now.Add(90*time.Second)) {
			t.Errorf("%s: %+v", alg, got)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	key, other := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	private, err := json.Marshal(jose.JSONWebKey{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	set := func(more map[string]any) string {
		return proof(t, jose.ES256, key, func(_ map[jose.HeaderKey]any, c map[string]any) { maps.Copy(c, more) })
	}
	head := func(name jose.HeaderKey, value any) string {
		return proof(t, jose.ES256, key, func(h map[jose.HeaderKey]any, _ map[string]any) { h[name] = value })
	}
	good := proof(t, jose.ES256, key, nil)
	for name, raw := range map[string]string{
		"nothing":             "",
		"no JWT":              "a.b.c",
		"two proofs":          good + ", " + good,
		"a huge proof":        set(map[string]any{"jti": strings.Repeat("x", dpop.MaxProof)}),
		"a long jti":          set(map[string]any{"jti": strings.Repeat("x", 300)}),
		"no jti":              set(map[string]any{"jti": ""}),
		"another method":      set(map[string]any{"htm": "GET"}),
		"method in lower":     set(map[string]any{"htm": "post"}),
		"another path":        set(map[string]any{"htu": "https://as.example.com/userinfo"}),
		"another host":        set(map[string]any{"htu": "https://evil.example.com/token"}),
		"another scheme":      set(map[string]any{"htu": "http://as.example.com/token"}),
		"a user in the URL":   set(map[string]any{"htu": "https://as.example.com@evil.example.com/token"}),
		"too old":             set(map[string]any{"iat": now.Unix() - 90}),
		"in the future":       set(map[string]any{"iat": now.Unix() + 31}),
		"far in the future":   set(map[string]any{"iat": 1e300}),
		"before all time":     set(map[string]any{"iat": -1e18}),
		"expired":             set(map[string]any{"exp": now.Unix() - 31}),
		"not yet":             set(map[string]any{"nbf": now.Unix() + 31}),
		"no iat":              set(map[string]any{"iat": nil}),
		"iat as text":         set(map[string]any{"iat": "1800000000"}),
		"another token":       set(map[string]any{"ath": hash("another")}),
		"no ath":              set(map[string]any{"ath": ""}),
		"another typ":         head("typ", "JWT"),
		"crit":                head("crit", []string{"exp"}),
		"b64":                 head("crit", []string{"b64"}),
		"alg none":            forged(t, `{"alg":"none","typ":"dpop+jwt","jwk":`+string(public)+`}`, good),
		"alg HS256":           forged(t, `{"alg":"HS256","typ":"dpop+jwt","jwk":{"kty":"oct","k":"c2VjcmV0"}}`, good),
		"HS256, public key":   forged(t, `{"alg":"HS256","typ":"dpop+jwt","jwk":`+string(public)+`}`, good),
		"private key":         forged(t, `{"alg":"ES256","typ":"dpop+jwt","jwk":`+string(private)+`}`, good),
		"a signed private":    head("jwk", jose.JSONWebKey{Key: key}),
		"no key":              forged(t, `{"alg":"ES256","typ":"dpop+jwt"}`, good),
		"another's key":       head("jwk", jose.JSONWebKey{Key: other.Public()}),
		"another curve":       proof(t, jose.ES384, ecKey(t, elliptic.P384()), func(h map[jose.HeaderKey]any, _ map[string]any) { h["jwk"] = jose.JSONWebKey{Key: key.Public()} }),
		"a changed payload":   good[:len(good)/2] + "A" + good[len(good)/2+1:],
		"a payload of others": strings.Join([]string{strings.Split(good, ".")[0], strings.Split(set(map[string]any{"htm": "GET"}), ".")[1], strings.Split(good, ".")[2]}, "."),
	} {
		if got, err := dpop.Check(raw, request()); !errors.Is(err, dpop.ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A weak key proves nothing, a huge one costs the checker.
func TestCheckBoundsKeys(t *testing.T) {
	for _, bits := range []int{1024, 4104} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dpop.Check(proof(t, jose.RS256, key, nil), request()); !errors.Is(err, dpop.ErrInvalid) {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}

func TestCheckAllowsForClocks(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	for _, age := range []int64{89, 0, -30} {
		raw := proof(t, jose.ES256, key, func(_ map[jose.HeaderKey]any, c map[string]any) { c["iat"] = now.Unix() - age })
		if _, err := dpop.Check(raw, request()); err != nil {
			t.Errorf("%d s old: %v", age, err)
		}
	}
	raw := proof(t, jose.ES256, key, func(_ map[jose.HeaderKey]any, c map[string]any) { c["iat"] = float64(now.Unix()) + 0.5 })
	if _, err := dpop.Check(raw, request()); err != nil {
		t.Error(err)
	}
}

func TestSameURL(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"https://as.example.com/token", "https://as.example.com/token", true},
		{"https://as.example.com/token", "HTTPS://AS.example.COM:443/token", true},
		{"http://as.example.com/token", "http://as.example.com:80/token", true},
		{"https://as.example.com/token", "https://as.example.com/token?a=1#b", true},
		{"https://as.example.com", "https://as.example.com/", true},
		{"https://as.example.com/~a", "https://as.example.com/%7ea", true},
		{"https://as.example.com/a%2fb", "https://as.example.com/a%2Fb", true},
		{"https://as.example.com/b/token", "https://as.example.com/a/../b/./token", true},
		{"https://[::1]:8443/token", "https://[::1]:8443/token", true},
		{"https://as.example.com/a%2Fb", "https://as.example.com/a/b", false},
		{"https://as.example.com/token", "https://as.example.com/token/", false},
		{"https://as.example.com/token", "https://as.example.com/Token", false},
		{"https://as.example.com/token", "https://as.example.com//token", false},
		{"https://as.example.com/token", "https://as.example.com:8443/token", false},
		{"https://as.example.com/token", "http://as.example.com:443/token", false},
		{"/token", "/token", false},
		{"", "", false},
	} {
		if got := dpop.SameURL(row.a, row.b); got != row.want {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}

func TestSeen(t *testing.T) {
	seen := dpop.NewSeen(3)
	of := func(id string, at time.Time) dpop.Proof {
		return dpop.Proof{Thumbprint: "k", ID: id, Until: at.Add(time.Minute)}
	}
	if !seen.First(of("a", now), now) {
		t.Error("the first one was refused")
	}
	if seen.First(of("a", now), now) {
		t.Error("a replay was taken")
	}
	if !seen.First(of("b", now), now) || !seen.First(of("c", now), now) {
		t.Error("a new one was refused")
	}
	// A flood does not make it grow, nor forget what it has.
	if seen.First(of("d", now), now) || seen.First(of("a", now), now) {
		t.Error("more was taken than can be kept")
	}
	later := now.Add(2 * time.Minute)
	if !seen.First(of("d", later), later) {
		t.Error("what is too old is not forgotten")
	}
}

func FuzzCheck(f *testing.F) {
	key := ecKey(f, elliptic.P256())
	good := proof(f, jose.ES256, key, nil)
	f.Add(good)
	f.Add(forged(f, `{"alg":"none","typ":"dpop+jwt"}`, good))
	f.Add(forged(f, `{"alg":"RS256","typ":"dpop+jwt","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}`, good))
	f.Add(forged(f, `{"alg":"EdDSA","typ":"dpop+jwt","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}`, good))
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := dpop.Check(raw, request())
		if err != nil && !errors.Is(err, dpop.ErrInvalid) {
			t.Fatal(err)
		}
		if err == nil && (got.ID == "" || !dpop.IsThumbprint(got.Thumbprint) || !got.Until.After(now)) {
			t.Fatalf("%+v", got)
		}
	})
}

func FuzzSameURL(f *testing.F) {
	f.Add("https://as.example.com/token", "HTTPS://AS.example.COM:443/%7Etoken?x#y")
	f.Add("http://[::1]/", "//x")
	f.Fuzz(func(t *testing.T, a, b string) {
		if dpop.SameURL(a, b) != dpop.SameURL(b, a) {
			t.Fatal("not symmetric")
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	raw := proof(b, jose.ES256, ecKey(b, elliptic.P256()), nil)
	for b.Loop() {
		if _, err := dpop.Check(raw, request()); err != nil {
			b.Fatal(err)
		}
	}
}
