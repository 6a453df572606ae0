package decrypt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/decrypt"
)

// pair are the private keys of the tests: RSA keys are slow to make.
var pair = sync.OnceValue(func() []crypto.Signer {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	two, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return []crypto.Signer{one, two}
})

func inPEM(t testing.TB, keys ...crypto.Signer) []byte {
	t.Helper()
	var text []byte
	for _, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
	}
	return text
}

func parsed(t testing.TB, keys ...crypto.Signer) *decrypt.Keys {
	t.Helper()
	all, err := decrypt.Parse(inPEM(t, keys...))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// published are the public keys, as a library of others reads them.
func published(t testing.TB, k *decrypt.Keys) []jose.JSONWebKey {
	t.Helper()
	all := make([]jose.JSONWebKey, len(k.Public()))
	for i, text := range k.Public() {
		if err := json.Unmarshal(text, &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// sealed is how a client with a library of others encrypts.
func sealed(t testing.TB, alg, enc string, to any, text string, change ...func(*jose.EncrypterOptions)) string {
	t.Helper()
	o := (&jose.EncrypterOptions{}).WithContentType("JWT")
	for _, c := range change {
		c(o)
	}
	e, err := jose.NewEncrypter(jose.ContentEncryption(enc), jose.Recipient{Algorithm: jose.KeyAlgorithm(alg), Key: to}, o)
	if err != nil {
		t.Fatal(err)
	}
	object, err := e.Encrypt([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestOpen(t *testing.T) {
	keys := parsed(t, pair()...)
	if !slices.Equal(keys.Algs(), decrypt.KeyAlgs()) {
		t.Errorf("algs %v", keys.Algs())
	}
	for _, public := range published(t, keys) {
		if public.Use != "enc" || public.KeyID == "" || !public.IsPublic() || strings.Contains(string(mustJSON(t, public)), `"d"`) {
			t.Errorf("published %+v", public)
		}
		for _, enc := range decrypt.ContentAlgs() {
			for _, to := range []any{public, public.Key} { // with the key's name, and without
				raw := sealed(t, public.Algorithm, enc, to, "a.b.c")
				if got, err := keys.Open(raw, decrypt.Expect{}); err != nil || got != "a.b.c" {
					t.Errorf("%s %s: %q, %v", public.Algorithm, enc, got, err)
				}
				if _, err := keys.Open(raw, decrypt.Expect{Alg: public.Algorithm, Enc: enc}); err != nil {
					t.Errorf("%s %s as expected: %v", public.Algorithm, enc, err)
				}
			}
		}
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The next key stands first; what was encrypted to the one before opens still.
func TestTurn(t *testing.T) {
	next, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	before, after := parsed(t, pair()[1]), parsed(t, next, pair()[1])
	old, current := published(t, before)[0], published(t, after)
	if len(current) != 1 || current[0].KeyID == old.KeyID {
		t.Errorf("published %+v", current)
	}
	for _, to := range []jose.JSONWebKey{old, current[0]} {
		if got, err := after.Open(sealed(t, "ECDH-ES+A256KW", "A256GCM", to, "x"), decrypt.Expect{}); err != nil || got != "x" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// withHeader changes the header of a JWE.
func withHeader(t testing.TB, raw string, change func(map[string]any)) string {
	t.Helper()
	first, rest, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	header := map[string]any{}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	change(header)
	return base64.RawURLEncoding.EncodeToString(mustJSON(t, header)) + "." + rest
}

func TestAttackOpen(t *testing.T) {
	keys := parsed(t, pair()...)
	public := published(t, keys)
	rsaKey, ecKey := public[0], public[1]
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := sealed(t, "ECDH-ES+A256KW", "A256GCM", ecKey, "x")
	set := func(name string, value any) string {
		return withHeader(t, good, func(h map[string]any) { h[name] = value })
	}
	offCurve := map[string]any{"kty": "EC", "crv": "P-256", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "y": base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))}
	parts := strings.Split(good, ".")
	for name, raw := range map[string]string{
		"compressed":            sealed(t, "RSA-OAEP-256", "A256GCM", rsaKey, strings.Repeat("a", 30_000), func(o *jose.EncrypterOptions) { o.Compression = jose.DEFLATE }),
		"SHA-1":                 sealed(t, "RSA-OAEP", "A256GCM", rsaKey, "x"),
		"PKCS #1 v1.5":          sealed(t, "RSA1_5", "A256GCM", rsaKey, "x"),
		"a key for content":     sealed(t, "ECDH-ES", "A256GCM", ecKey, "x"),
		"another content alg":   sealed(t, "RSA-OAEP-256", "A192GCM", rsaKey, "x"),
		"a shared secret":       sealed(t, "dir", "A256GCM", make([]byte, 32), "x"),
		"a password":            sealed(t, "PBES2-HS256+A128KW", "A256GCM", "password", "x"),
		"a stranger's key":      sealed(t, "ECDH-ES+A256KW", "A256GCM", stranger.Public(), "x"),
		"another key's name":    set("kid", rsaKey.KeyID),
		"an unknown key's name": set("kid", "x"),
		"a critical member":     set("crit", []string{"exp"}),
		"zip, not compressed":   set("zip", nil),
		"another alg":           set("alg", "RSA-OAEP-256"),
		"none":                  set("alg", "none"),
		"content of a type":     set("cty", "application/json"),
		"a point off the curve": set("epk", offCurve),
		"no point":              set("epk", nil),
		"another curve":         set("epk", map[string]any{"kty": "OKP", "crv": "X25519", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32))}),
		"four parts":            strings.Join(parts[:4], "."),
		"no tag":                strings.Join(append(slices.Clone(parts[:4]), ""), "."),
		"no content":            parts[0] + "." + parts[1] + "." + parts[2] + ".." + parts[4],
		"nothing":               "....",
		"huge":                  good + strings.Repeat("A", 50<<10),
		"JSON":                  `{"protected":"` + parts[0] + `"}....`,
	} {
		if got, err := keys.Open(raw, decrypt.Expect{}); err == nil || got != "" {
			t.Errorf("%s: opens to %q", name, got)
		}
	}
	for _, want := range []decrypt.Expect{{Alg: "RSA-OAEP-256"}, {Enc: "A128CBC-HS256"}} {
		if _, err := keys.Open(good, want); err == nil {
			t.Errorf("%+v: opens", want)
		}
	}
	if _, err := (*decrypt.Keys)(nil).Open(good, decrypt.Expect{}); err == nil {
		t.Error("opens without a key")
	}
}

func TestParse(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it is to be refused
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(pair()[1].Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"nothing": nil, "no PEM": []byte("x"), "Ed25519": inPEM(t, edwards), "P-521": inPEM(t, p521), "short RSA": inPEM(t, short), "twice": inPEM(t, pair()[1], pair()[1]),
		"public":   pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}),
		"broken":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
		"too long": bytes.Repeat([]byte("\n"), 70<<10),
	} {
		if _, err := decrypt.Parse(text); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// FuzzOpen: what opens was encrypted as it may be, for a key of ours.
func FuzzOpen(f *testing.F) {
	keys := parsed(f, pair()[1])
	public := published(f, keys)[0]
	good := sealed(f, "ECDH-ES+A256KW", "A256GCM", public, "x")
	f.Add(good)
	f.Add(withHeader(f, good, func(h map[string]any) { h["zip"] = "DEF" }))
	f.Add(withHeader(f, good, func(h map[string]any) { delete(h, "epk") }))
	f.Add("....")
	f.Add("e30.AA.AA.AA.AA")
	f.Fuzz(func(t *testing.T, raw string) {
		if got, err := keys.Open(raw, decrypt.Expect{}); err == nil && got != "x" {
			t.Errorf("%q opens to %q", raw, got)
		}
	})
}
