package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/token"
)

func TestVerifyAccess(t *testing.T) {
	keys := open(t, newStore())
	want := accessToken()
	raw, err := keys.MintAccess(token.ES256, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.VerifyAccess(raw, issuer, issuer)
	if err != nil {
		t.Fatal(err)
	}
	want.ID = got.ID
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVerifyAccessRefuses(t *testing.T) {
	keys := open(t, newStore())
	mint := func(change func(a *token.Access)) string {
		a := accessToken()
		change(&a)
		raw, err := keys.MintAccess(token.ES256, a)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	id, err := keys.MintID(token.ES256, token.ID{Issuer: issuer, Subject: "u1", Audience: issuer, ExpiresAt: at().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	good := mint(func(*token.Access) {})
	for name, raw := range map[string]string{
		"empty":            "",
		"one part":         "e30",
		"an ID token":      id,
		"another issuer":   mint(func(a *token.Access) { a.Issuer = "https://other.example.com" }),
		"another audience": mint(func(a *token.Access) { a.Audience = token.Audience{"https://api.example.com"} }),
		"expired now":      mint(func(a *token.Access) { a.ExpiresAt = at() }),
		"cut":              good[:len(good)-1],
		"another host":     mintElsewhere(t),
		"too long":         good + strings.Repeat("A", 20_000),
		"JSON form":        jsonForm(good),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := keys.VerifyAccess(raw, issuer, issuer); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func mintElsewhere(t *testing.T) string {
	t.Helper()
	raw, err := open(t, newStore()).MintAccess(token.ES256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// jsonForm is the same token in the flattened JSON serialization of RFC 7515 7.2.2.
func jsonForm(compact string) string {
	p := strings.Split(compact, ".")
	return `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`
}

// Algorithm confusion: the payload is a good one, the signature is made with
// what an attacker has, and the header says whatever helps.
func TestVerifyRefusesForgedSignatures(t *testing.T) {
	keys := open(t, newStore())
	good, err := keys.MintAccess(token.RS256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	payload := part(t, good, 1)
	kid := headerOf(t, good)["kid"].(string)
	public := publicKeys(t, keys, kid)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	head := func(m map[string]any) string {
		h := map[string]any{"typ": "at+jwt", "kid": kid}
		maps.Copy(h, m)
		text, _ := json.Marshal(h)
		return base64.RawURLEncoding.EncodeToString(text) + "." + base64.RawURLEncoding.EncodeToString(payload)
	}
	goodSignature := good[strings.LastIndexByte(good, '.'):]
	attacks := map[string]string{
		"none":                      head(map[string]any{"alg": "none"}) + ".",
		"None":                      head(map[string]any{"alg": "None"}) + ".",
		"none with a signature":     head(map[string]any{"alg": "none"}) + goodSignature,
		"no algorithm":              head(nil) + goodSignature,
		"unsigned":                  head(map[string]any{"alg": "RS256"}) + ".",
		"ES256 under the RSA key":   signed(t, own, payload, map[string]any{"kid": kid, "typ": "at+jwt"}),
		"own key, its JWK in jwk":   signed(t, own, payload, map[string]any{"kid": kid, "typ": "at+jwt", "jwk": own.Public()}),
		"own key, unknown kid":      signed(t, own, payload, map[string]any{"kid": "mine", "typ": "at+jwt"}),
		"own key, no kid":           signed(t, own, payload, map[string]any{"typ": "at+jwt"}),
		"critical header":           head(map[string]any{"alg": "RS256", "crit": []string{"exp"}, "exp": 1}) + goodSignature,
		"header changed, signature": head(map[string]any{"alg": "RS256", "x": 1}) + goodSignature,
	}
	for form, secret := range public {
		input := head(map[string]any{"alg": "HS256"})
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(input))
		attacks["HS256 with the public key as "+form] = input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	for name, raw := range attacks {
		t.Run(name, func(t *testing.T) {
			if got, err := keys.VerifyAccess(raw, issuer, issuer); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// publicKeys is a published key in the forms that an attacker may use as a secret.
func publicKeys(t *testing.T, keys *token.Keys, kid string) map[string][]byte {
	t.Helper()
	set, err := jwk.Parse(keys.JWKS())
	if err != nil {
		t.Fatal(err)
	}
	k, ok := set.LookupKeyID(kid)
	if !ok {
		t.Fatal("no such key")
	}
	var raw any
	if err := k.Raw(&raw); err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	jwkText, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "JWK": jwkText,
	}
}

func signed(t *testing.T, k *ecdsa.PrivateKey, payload []byte, header map[string]any) string {
	t.Helper()
	h := jws.NewHeaders()
	for name, value := range header {
		if name == "jwk" {
			public, err := jwk.FromRaw(value)
			if err != nil {
				t.Fatal(err)
			}
			value = public
		}
		if err := h.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := jws.Sign(payload, jws.WithKey(jwa.ES256, k, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestVerifyHint(t *testing.T) {
	keys := open(t, newStore())
	hint := idToken()
	hint.ExpiresAt = at().Add(-time.Hour)
	raw, err := keys.MintID(token.RS256, hint)
	if err != nil {
		t.Fatal(err)
	}
	if sub, err := keys.VerifyHint(raw, issuer); sub.Subject != "u1" || sub.Audience == "" || err != nil {
		t.Errorf("expired hint: %q, %v", sub, err)
	}
	access, err := keys.MintAccess(token.RS256, accessToken())
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"access token": access, "garbage": "x", "another host": mintElsewhere(t)} {
		if sub, err := keys.VerifyHint(bad, issuer); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: %q, %v", name, sub, err)
		}
	}
	if _, err := keys.VerifyHint(raw, "https://other.example.com"); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("another issuer: %v", err)
	}
}

// FuzzVerifyAccess: whatever is sent, only what was minted passes.
func FuzzVerifyAccess(f *testing.F) {
	keys := open(f, newStore())
	good, err := keys.MintAccess(token.ES256, accessToken())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("")
	f.Add("e30.e30.")
	f.Add(jsonForm(good))
	signedPart := good[:strings.LastIndexByte(good, '.')]
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := keys.VerifyAccess(raw, issuer, issuer)
		if err == nil && !strings.HasPrefix(raw, signedPart+".") {
			t.Errorf("passed: %q", raw)
		}
		if err != nil && !errors.Is(err, token.ErrInvalid) {
			t.Errorf("not ErrInvalid: %v", err)
		}
	})
}
