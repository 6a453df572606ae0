package clientkey_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/outbound"
)

// newKey is a key and its set.
func newKey(t testing.TB, kid string) (crypto.Signer, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key, setOf(t, kid, key.Public())
}

func setOf(t testing.TB, kid string, public crypto.PublicKey) []byte {
	t.Helper()
	k, err := jwk.FromRaw(public)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Set(jwk.KeyIDKey, kid); err != nil {
		t.Fatal(err)
	}
	set := jwk.NewSet()
	if err := set.AddKey(k); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sign(t testing.TB, alg jwa.SignatureAlgorithm, key any, kid string) string {
	t.Helper()
	h := jws.NewHeaders()
	if err := h.Set(jws.KeyIDKey, kid); err != nil {
		t.Fatal(err)
	}
	raw, err := jws.Sign([]byte(`{"sub":"c"}`), jws.WithKey(alg, key, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func fixed(t testing.TB, set []byte) *clientkey.Keys {
	t.Helper()
	s, err := clientkey.Parse(set)
	if err != nil {
		t.Fatal(err)
	}
	return clientkey.Fixed(s)
}

func TestVerify(t *testing.T) {
	key, set := newKey(t, "1")
	signed, err := fixed(t, set).Verify(t.Context(), sign(t, jwa.ES256, key, "1"), clientkey.Algs())
	if err != nil || string(signed.Payload) != `{"sub":"c"}` || signed.Alg != "ES256" {
		t.Errorf("got %+v, %v", signed, err)
	}
	if _, err := fixed(t, set).Verify(t.Context(), sign(t, jwa.ES256, key, "2"), clientkey.Algs()); !errors.Is(err, clientkey.ErrUnknownKey) {
		t.Errorf("another kid: %v", err)
	}
	if _, err := fixed(t, set).Verify(t.Context(), sign(t, jwa.ES256, key, "1"), []string{"RS256"}); err == nil {
		t.Error("an algorithm that was not allowed")
	}
	if clientkey.Peek(sign(t, jwa.ES256, key, "1"), "sub") != "c" {
		t.Error("no sub")
	}
}

// Keys that are for something else are left out, and a set of which nothing is left is none.
func TestParse(t *testing.T) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := strings.TrimSuffix(strings.TrimPrefix(string(setOf(t, "e", public)), `{"keys":[`), `]}`)
	for name, row := range map[string]struct {
		keys string
		ok   bool
	}{
		"good":                   {good, true},
		"beside an unknown type": {`{"kty":"PQ","x":"y"},` + good, true},
		"beside one to encrypt":  {strings.Replace(good, `"kid"`, `"use":"enc","kid"`, 1) + "," + good, true},
		"only to encrypt":        {strings.Replace(good, `"kid"`, `"use":"enc","kid"`, 1), false},
		"only to sign":           {strings.Replace(good, `"kid"`, `"key_ops":["sign"],"kid"`, 1), false},
		"another curve":          {`{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}`, false},
		"private":                {strings.Replace(good, `"kid"`, `"d":"AA","kid"`, 1), false},
		"symmetric":              {`{"kty":"oct","k":"AAAA"},` + good, false},
		"a number":               {`7`, false},
		"nothing":                {``, false},
		"short":                  {`{"kty":"OKP","crv":"Ed25519","x":"AA"}`, false},
		"huge RSA":               {`{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("_", 2000) + `"}`, false},
		"RSA with no exponent":   {`{"kty":"RSA","e":"AQ","n":"` + strings.Repeat("_", 342) + `"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := clientkey.Parse([]byte(`{"keys":[` + row.keys + `]}`)); (err == nil) != row.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Of many callers that need a set at once, one fetches it.
func TestRemoteAsksOnce(t *testing.T) {
	key, set := newKey(t, "1")
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write(set)
	}))
	defer server.Close()
	keys := clientkey.Remote(server.URL, clientkey.NewFetcher(outbound.New(nil).Dial, nil), time.Now)
	raw := sign(t, jwa.ES256, key, "1")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := keys.Verify(t.Context(), raw, clientkey.Algs()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// A caller that goes away does not spoil the fetch for the others, and an address inside
// the network is not reached by a name that leads there.
func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("text")) }))
	defer server.Close()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	text, err := clientkey.NewFetcher(outbound.New(nil).Dial, nil).Get(gone, server.URL+"/secret?token=1", 10)
	if err != nil || string(text) != "text" {
		t.Errorf("got %q, %v", text, err)
	}
	_, err = clientkey.NewFetcher(outbound.New(nil).Only(""), nil).Get(t.Context(), server.URL+"/secret?token=1", 10)
	if !errors.Is(err, outbound.ErrInside) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if _, err := clientkey.NewFetcher(outbound.New(nil).Dial, nil).Get(t.Context(), server.URL, 3); err == nil {
		t.Error("more than the limit")
	}
}

// FuzzParse: what is taken as a key set checks signatures of nobody.
func FuzzParse(f *testing.F) {
	_, set := newKey(f, "1")
	stranger, _ := newKey(f, "1")
	raw := sign(f, jwa.ES256, stranger, "1")
	f.Add(set)
	f.Add([]byte(strings.Replace(string(set), `"kid"`, `"use":"enc","kid"`, 1)))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AA"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},null,7]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := clientkey.Parse(text)
		if err != nil {
			return
		}
		if _, err := clientkey.Fixed(s).Verify(t.Context(), raw, clientkey.Algs()); err == nil {
			t.Errorf("%s checks a stranger's signature", text)
		}
		for _, alg := range clientkey.KeyAlgs() {
			_, err := clientkey.Fixed(s).Encrypt(t.Context(), clientkey.Encryption{Alg: alg, Enc: "A128GCM"}, "JWT", []byte(raw))
			if (err == nil) != s.CanEncrypt(alg) {
				t.Errorf("%s encrypts with %s: %v", text, alg, err)
			}
		}
	})
}

// FuzzVerify: only what the key signed passes, to the letter.
func FuzzVerify(f *testing.F) {
	key, set := newKey(f, "1")
	keys := fixed(f, set)
	good := sign(f, jwa.ES256, key, "1")
	f.Add(good)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("a.b.c.d.e")
	f.Fuzz(func(t *testing.T, raw string) {
		clientkey.Peek(raw, "sub")
		if _, err := keys.Verify(t.Context(), raw, clientkey.Algs()); err == nil && raw != good {
			t.Errorf("%q passes", raw)
		}
		if _, err := clientkey.VerifySecret(raw, "a secret that is long enough for a MAC"); err == nil {
			t.Errorf("%q passes as a MAC", raw)
		}
	})
}
