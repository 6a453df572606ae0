package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"maps"
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
	"github.com/acrhost/acrhost/host/store"
)

// pair is a client's key.
type pair struct {
	alg, kid string
	private  crypto.Signer
}

// pairs are made once for all tests: RSA keys are slow to make.
var pairs = sync.OnceValue(func() map[string]pair {
	big, err1 := rsa.GenerateKey(rand.Reader, 2048)
	curve, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	other, err3 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edwards, err4 := ed25519.GenerateKey(rand.Reader)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			panic(err)
		}
	}
	return map[string]pair{
		"RS256": {"RS256", "rsa", big}, "PS256": {"PS256", "rsa", big}, "ES256": {"ES256", "ec", curve},
		"EdDSA": {"EdDSA", "ed", edwards}, "other": {"ES256", "other", other},
	}
})

// keySet is a client's JWKS.
func keySet(names ...string) []byte {
	set := jwk.NewSet()
	for _, name := range names {
		k, err := jwk.FromRaw(pairs()[name].private.Public())
		if err != nil {
			panic(err)
		}
		if err := k.Set(jwk.KeyIDKey, pairs()[name].kid); err != nil {
			panic(err)
		}
		if err := set.AddKey(k); err != nil {
			panic(err)
		}
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return text
}

// object are the claims of something that is signed; a nil value takes one out.
type object map[string]any

func (o object) with(changes object) object {
	next := maps.Clone(o)
	maps.Copy(next, changes)
	maps.DeleteFunc(next, func(_ string, v any) bool { return v == nil })
	return next
}

// signed signs claims with a key; header members replace those that are usual.
func signed(t testing.TB, alg string, key any, claims, header object) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	h := jws.NewHeaders()
	for name, value := range header {
		if err := h.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := jws.Sign(payload, jws.WithKey(jwa.SignatureAlgorithm(alg), key, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// by signs with one of the pairs, under its name.
func by(t testing.TB, name string, claims, header object) string {
	t.Helper()
	p := pairs()[name]
	return signed(t, p.alg, p.private, claims, object{"kid": p.kid}.with(header))
}

// published is a server of clients' documents.
type published struct {
	*httptest.Server
	asked atomic.Int64
	mu    sync.Mutex
	texts map[string]string
}

func publish(t testing.TB) *published {
	t.Helper()
	p := &published{texts: map[string]string{}}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		p.mu.Lock()
		defer p.mu.Unlock()
		text, ok := p.texts[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if text == "redirect" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(p.Close)
	return p
}

// at publishes a text and gives its address.
func (p *published) at(path, text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts[path] = text
	return p.URL + path
}

func (p *published) fetcher() *clientkey.Fetcher {
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	return clientkey.NewFetcher(outbound.New(nil).Dial, roots)
}

// foreign fetches as the provider does for clients that registered themselves, but for the
// roots: from public addresses only.
func (p *published) foreign() *clientkey.Fetcher {
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	return clientkey.NewFetcher(outbound.New(nil).Only(""), roots)
}

// unix is a time as JWTs have it.
func unix(t time.Time) int64 { return t.Unix() }

// keyOf is the key under which a pushed request is stored.
func keyOf(uri string) string {
	return store.Key(strings.TrimPrefix(uri, "urn:ietf:params:oauth:request_uri:"))
}

// signedText signs a payload as it is written.
func signedText(t testing.TB, name, payload string) string {
	t.Helper()
	p := pairs()[name]
	h := jws.NewHeaders()
	if err := h.Set(jws.KeyIDKey, p.kid); err != nil {
		t.Fatal(err)
	}
	raw, err := jws.Sign([]byte(payload), jws.WithKey(jwa.SignatureAlgorithm(p.alg), p.private, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// parsed is JSON as a value.
func parsed(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// manyDetails is a list of details that is too long.
func manyDetails(n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(`{"type":"payment"},`, n), ",") + "]"
}
