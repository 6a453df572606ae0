package resource_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/sdk/resource"
)

const ownURL = "https://api.example.com/v1"

// prover is a client's key.
type prover struct {
	*testing.T
	key jwk.Key
	jkt string
}

func newProver(t *testing.T) prover {
	t.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwk.FromRaw(raw)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return prover{t, key, base64.RawURLEncoding.EncodeToString(sum)}
}

func (p prover) proof(token string, change map[string]any) string {
	p.Helper()
	sum := sha256.Sum256([]byte(token))
	c := map[string]any{
		"jti": rand.Text(), "htm": "GET", "htu": ownURL + "/pay", "iat": now.Unix(), "ath": base64.RawURLEncoding.EncodeToString(sum[:]),
	}
	maps.Copy(c, change)
	payload, err := json.Marshal(c)
	if err != nil {
		p.Fatal(err)
	}
	public, err := p.key.PublicKey()
	if err != nil {
		p.Fatal(err)
	}
	head := jws.NewHeaders()
	_ = head.Set(jws.TypeKey, "dpop+jwt")
	_ = head.Set(jws.JWKKey, public)
	signed, err := jws.Sign(payload, jws.WithKey(jwa.ES256, p.key, jws.WithProtectedHeaders(head)))
	if err != nil {
		p.Fatal(err)
	}
	return string(signed)
}

// serve answers one request at a resource whose URL is configured.
func serve(t *testing.T, v *resource.Verifier, change func(*http.Request)) (int, string) {
	t.Helper()
	handler := v.Require(resource.Need{ACR: []string{"2.0"}})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pay?amount=1", http.NoBody)
	change(r)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, strings.Join(w.Header().Values("WWW-Authenticate"), " | ")
}

func (p *provider) at(url string) *resource.Verifier {
	p.Helper()
	v, err := resource.New(p.Context(), resource.Config{Issuer: p.server.URL, URL: url, Now: func() time.Time { return now }})
	if err != nil {
		p.Fatal(err)
	}
	return v
}

func TestRequireDPoP(t *testing.T) {
	p, key, thief := newProvider(t), newProver(t), newProver(t)
	token := p.token("at+jwt", map[string]any{"cnf": map[string]any{"jkt": key.jkt}})
	weak := p.token("at+jwt", map[string]any{"cnf": map[string]any{"jkt": key.jkt}, "acr": "1.0"})
	plain := p.token("at+jwt", nil)
	for name, row := range map[string]struct {
		header, proof string
		status        int
		challenge     string
	}{
		"good":               {"DPoP " + token, key.proof(token, nil), 204, ""},
		"no proof":           {"DPoP " + token, "", 401, `DPoP error="invalid_dpop_proof"`},
		"stolen, as bearer":  {"Bearer " + token, "", 401, `Bearer error="invalid_token"`},
		"bearer and a proof": {"Bearer " + token, key.proof(token, nil), 401, `Bearer error="invalid_token"`},
		"another key":        {"DPoP " + token, thief.proof(token, nil), 401, `DPoP error="invalid_token"`},
		"another token":      {"DPoP " + token, key.proof(plain, nil), 401, `DPoP error="invalid_dpop_proof"`},
		"another URL":        {"DPoP " + token, key.proof(token, map[string]any{"htu": "http://example.com/pay"}), 401, `DPoP error="invalid_dpop_proof"`},
		"another method":     {"DPoP " + token, key.proof(token, map[string]any{"htm": "POST"}), 401, `DPoP error="invalid_dpop_proof"`},
		"unbound, as DPoP":   {"DPoP " + plain, key.proof(plain, nil), 401, `DPoP error="invalid_token"`},
		"unbound, as bearer": {"Bearer " + plain, "", 204, ""},
		"too weak a login":   {"DPoP " + weak, key.proof(weak, nil), 401, `DPoP error="insufficient_user_authentication"`},
		"unknown binding":    {"Bearer " + p.token("at+jwt", map[string]any{"cnf": map[string]any{"kid": "x"}}), "", 401, `Bearer error="invalid_token"`},
		"nothing":            {"", "", 401, `Bearer | DPoP algs="ES256 `},
	} {
		status, challenge := serve(t, p.at(ownURL), func(r *http.Request) {
			if row.header != "" {
				r.Header.Set("Authorization", row.header)
			}
			if row.proof != "" {
				r.Header.Set("DPoP", row.proof)
			}
		})
		if status != row.status || !strings.HasPrefix(challenge, row.challenge) {
			t.Errorf("%s: %d %q", name, status, challenge)
		}
	}
}

// Attack: a proof that was seen on its way, once more.
func TestRequireDPoPReplay(t *testing.T) {
	p, key := newProvider(t), newProver(t)
	token := p.token("at+jwt", map[string]any{"cnf": map[string]any{"jkt": key.jkt}})
	v, proof := p.at(ownURL), key.proof(token, nil)
	send := func(r *http.Request) {
		r.Header.Set("Authorization", "DPoP "+token)
		r.Header.Set("DPoP", proof)
	}
	if status, challenge := serve(t, v, send); status != http.StatusNoContent {
		t.Fatal(status, challenge)
	}
	if status, challenge := serve(t, v, send); status != http.StatusUnauthorized || !strings.Contains(challenge, "invalid_dpop_proof") {
		t.Error(status, challenge)
	}
}

// Without its URL a server can't tell for whom a proof was made.
func TestRequireDPoPNeedsURL(t *testing.T) {
	p, key := newProvider(t), newProver(t)
	token := p.token("at+jwt", map[string]any{"cnf": map[string]any{"jkt": key.jkt}})
	status, _ := serve(t, p.at(""), func(r *http.Request) {
		r.Header.Set("Authorization", "DPoP "+token)
		r.Header.Set("DPoP", key.proof(token, map[string]any{"htu": "http://example.com/pay"}))
	})
	if status != http.StatusUnauthorized {
		t.Error(status)
	}
	if _, err := p.at("").Verify(t.Context(), token); !errors.Is(err, resource.ErrInvalid) {
		t.Errorf("Verify takes a bound token as if it were none: %v", err)
	}
}

func TestRequireCertificate(t *testing.T) {
	p := newProvider(t)
	mine, other := &x509.Certificate{Raw: []byte("mine")}, &x509.Certificate{Raw: []byte("other")}
	sum := sha256.Sum256(mine.Raw)
	token := p.token("at+jwt", map[string]any{"cnf": map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}})
	for name, row := range map[string]struct {
		of   *tls.ConnectionState
		want int
	}{
		"the right one": {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{mine, other}}, 204},
		"another's":     {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{other, mine}}, 401},
		"none":          {&tls.ConnectionState{}, 401},
		"no TLS":        {nil, 401},
	} {
		status, _ := serve(t, p.at(""), func(r *http.Request) {
			r.TLS = row.of
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Client-Cert", ":bWluZQ==:") // anybody can write that
		})
		if status != row.want {
			t.Errorf("%s: %d", name, status)
		}
	}
}
