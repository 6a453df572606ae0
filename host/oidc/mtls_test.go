package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/clientcert"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/forwarded"
	"github.com/acrhost/acrhost/host/oidc"
)

// tlsRig is a provider at which clients show certificates: over real TLS, and, as long as
// proxies says so, by a header.
type tlsRig struct {
	*rig
	secure *httptest.Server
	ca     *x509.Certificate
	caKey  crypto.Signer
}

// newTLSRig makes one that trusts the header of peers in these networks.
func newTLSRig(t *testing.T, proxies ...netip.Prefix) *tlsRig {
	t.Helper()
	r := &tlsRig{rig: newRig(t)}
	r.ca, r.caKey = r.certificate("CA", nil, nil)
	c := r.provider.Config
	c.MTLS = config.MTLS{Listen: "any", Header: "Client-Cert", ClientCAs: x509.NewCertPool(), URL: "https://mtls.example.com"}
	c.MTLS.ClientCAs.AddCert(r.ca)
	c.Clients = append(slices.Clone(c.Clients),
		config.Client{
			ID: "bank", TokenEndpointAuthMethod: "tls_client_auth", Certificate: clientcert.Name{SubjectDN: "CN=bank,O=Acme"},
			RedirectURIs: []string{spaURI}, CertificateBoundAccessTokens: true, RequirePKCE: true,
		},
		config.Client{ID: "app", RedirectURIs: []string{spaURI}, CertificateBoundAccessTokens: true},
	)
	p := oidc.New(c)
	r.provider, r.login.provider = p, p
	router := chi.NewRouter()
	router.Use(forwarded.Certificates(proxies, c.MTLS.Header, slog.New(slog.DiscardHandler)))
	p.Routes(router)
	r.server.Config.Handler = router
	r.secure = httptest.NewUnstartedServer(router)
	r.secure.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	r.secure.StartTLS()
	t.Cleanup(r.secure.Close)
	return r
}

// certificate makes one, signed by an authority, or by itself.
func (r *tlsRig) certificate(name string, by *x509.Certificate, byKey crypto.Signer) (*x509.Certificate, crypto.Signer) {
	r.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Acme"}},
		NotBefore: r.clock.now().Add(-time.Hour), NotAfter: r.clock.now().Add(24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: by == nil, BasicConstraintsValid: true,
	}
	if by == nil {
		by, byKey = form, key
	}
	der, err := x509.CreateCertificate(rand.Reader, form, by, key.Public(), byKey)
	if err != nil {
		r.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		r.Fatal(err)
	}
	return c, key
}

// over makes a request over TLS with a certificate; nil: without one.
func (r *tlsRig) over(c *x509.Certificate, key crypto.Signer, method, path string, form url.Values, change ...func(*http.Request)) reply {
	r.Helper()
	client := r.secure.Client()
	transport := client.Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	if c != nil {
		transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{c.Raw}, PrivateKey: key}}
	}
	plain := &rig{T: r.T, server: &httptest.Server{URL: r.secure.URL}}
	return plain.with(transport, method, path, form, change...)
}

func inHeader(c *x509.Certificate) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(c.Raw)+":") }
}

func boundForm(code, client string) url.Values {
	return exchange(code, url.Values{"client_id": {client}})
}

func TestCertificateOverTLS(t *testing.T) {
	r := newTLSRig(t)
	cert, key := r.certificate("bank", r.ca, r.caKey)
	other, otherKey := r.certificate("other", r.ca, r.caKey)
	a := r.over(cert, key, "POST", "/token", boundForm(r.code("bank", nil), "bank"))
	got := a.json(t)
	if a.StatusCode != http.StatusOK || got["token_type"] != "Bearer" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	sum := sha256.Sum256(cert.Raw)
	want := map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}
	access := got["access_token"].(string)
	if cnf := claims(t, access)["cnf"]; fmt.Sprint(cnf) != fmt.Sprint(want) {
		t.Errorf("cnf %v", cnf)
	}
	if said := r.introspected(access); fmt.Sprint(said["cnf"]) != fmt.Sprint(want) || said["token_type"] != "Bearer" {
		t.Errorf("introspection %v", said)
	}
	if a := r.over(cert, key, "GET", "/userinfo", nil, bearer(access)); a.StatusCode != http.StatusOK {
		t.Errorf("userinfo: %d %s", a.StatusCode, a.body)
	}
	// Attack: the stolen token, with no certificate, another one, or one written down.
	r.refusedAt(r.userinfo(access), "invalid_token")
	r.refusedAt(r.over(nil, nil, "GET", "/userinfo", nil, bearer(access)), "invalid_token")
	r.refusedAt(r.over(other, otherKey, "GET", "/userinfo", nil, bearer(access)), "invalid_token")
	r.refusedAt(r.over(nil, nil, "GET", "/userinfo", nil, bearer(access), inHeader(cert)), "invalid_token")
	next := refresh(got["refresh_token"].(string), url.Values{"client_id": {"bank"}})
	r.wantError(r.over(other, otherKey, "POST", "/token", next), http.StatusUnauthorized, "invalid_client")
	if a := r.over(cert, key, "POST", "/token", next); a.StatusCode != http.StatusOK {
		t.Errorf("refresh: %d %s", a.StatusCode, a.body)
	}
}

// Attack: certificates that are not the client's, or that nobody vouches for.
func TestCertificateRefused(t *testing.T) {
	r := newTLSRig(t)
	good, _ := r.certificate("bank", r.ca, r.caKey)
	self, selfKey := r.certificate("bank", nil, nil)
	other, otherKey := r.certificate("bank2", r.ca, r.caKey)
	form := boundForm(r.code("bank", nil), "bank")
	invalid := func(a reply) {
		t.Helper()
		r.wantError(a, http.StatusUnauthorized, "invalid_client")
	}
	invalid(r.post("/token", form))
	invalid(r.over(nil, nil, "POST", "/token", form))
	invalid(r.over(self, selfKey, "POST", "/token", form))
	invalid(r.over(other, otherKey, "POST", "/token", form))
	invalid(r.over(nil, nil, "POST", "/token", form, inHeader(good)))
	invalid(r.post("/token", form, inHeader(good)))
	invalid(r.over(other, otherKey, "POST", "/token", form, inHeader(good)))
	form.Set("client_secret", "x")
	invalid(r.post("/token", form))
	r.clock.advance(25 * time.Hour) // the authority has expired
	cert, key := r.certificate("bank", r.ca, r.caKey)
	invalid(r.over(cert, key, "POST", "/token", boundForm(r.code("bank", nil), "bank")))
}

func TestCertificateFromProxy(t *testing.T) {
	r := newTLSRig(t, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	cert, _ := r.certificate("bank", r.ca, r.caKey)
	proxy, proxyKey := r.certificate("proxy", r.ca, r.caKey)
	a := r.post("/token", boundForm(r.code("bank", nil), "bank"), inHeader(cert))
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	access := a.json(t)["access_token"].(string)
	if a := r.over(proxy, proxyKey, "GET", "/userinfo", nil, bearer(access), inHeader(cert)); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	r.refusedAt(r.over(proxy, proxyKey, "GET", "/userinfo", nil, bearer(access)), "invalid_token")
	twice := func(q *http.Request) { q.Header.Add("Client-Cert", q.Header.Get("Client-Cert")) }
	r.wantError(r.post("/token", boundForm(r.code("bank", nil), "bank"), inHeader(cert), twice), http.StatusUnauthorized, "invalid_client")
}

// RFC 8705 4: a public client's tokens, its refresh tokens too, are bound to whatever
// certificate it shows.
func TestCertificateOfPublicClient(t *testing.T) {
	r := newTLSRig(t)
	cert, key := r.certificate("anybody", nil, nil)
	thief, thiefKey := r.certificate("anybody", nil, nil)
	form := boundForm(r.code("app", nil), "app")
	r.wantError(r.post("/token", form), http.StatusBadRequest, "invalid_request")
	got := r.over(cert, key, "POST", "/token", form).json(t)
	next := refresh(got["refresh_token"].(string), url.Values{"client_id": {"app"}})
	r.wantError(r.over(thief, thiefKey, "POST", "/token", next), http.StatusBadRequest, "invalid_grant")
	r.refusedAt(r.over(thief, thiefKey, "GET", "/userinfo", nil, bearer(got["access_token"].(string))), "invalid_token")
	if a := r.over(cert, key, "POST", "/token", next); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// RFC 8705 2.2: a certificate that nobody else signed, by its key or by itself.
func TestCertificateSelfSigned(t *testing.T) {
	r := newTLSRig(t)
	mine, key := r.certificate("anything", nil, nil)
	other, otherKey := r.certificate("anything", nil, nil)
	renewed, _ := r.renew(mine, key)
	jwk := func(certs ...*x509.Certificate) []byte {
		text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: mine.PublicKey, KeyID: "1", Certificates: certs}}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	c := r.provider.Config
	for _, id := range []string{"by-key", "by-itself"} {
		one := config.Client{ID: id, TokenEndpointAuthMethod: "self_signed_tls_client_auth", GrantTypes: []string{"client_credentials"}, JWKS: jwk()}
		if id == "by-itself" {
			one.JWKS = jwk(mine)
		}
		c.Clients = append(c.Clients, one)
	}
	router := chi.NewRouter()
	router.Use(forwarded.Certificates(nil, "Client-Cert", slog.New(slog.DiscardHandler)))
	oidc.New(c).Routes(router)
	r.secure.Config.Handler = router
	r.server.Config.Handler = router
	for _, row := range []struct {
		client string
		cert   *x509.Certificate
		key    crypto.Signer
		want   int
	}{
		{"by-key", mine, key, 200}, {"by-key", renewed, key, 200}, {"by-key", other, otherKey, 401}, {"by-key", nil, nil, 401},
		{"by-itself", mine, key, 200}, {"by-itself", renewed, key, 401}, {"by-itself", other, otherKey, 401},
	} {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {row.client}}
		if a := r.over(row.cert, row.key, "POST", "/token", form); a.StatusCode != row.want {
			t.Errorf("%s: %d %s", row.client, a.StatusCode, a.body)
		}
	}
	// Attack: the registered certificate is public; who has it not in a connection only has it written down.
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"by-key"}}
	r.wantError(r.over(nil, nil, "POST", "/token", form, inHeader(mine)), http.StatusUnauthorized, "invalid_client")
	r.clock.advance(25 * time.Hour)
	r.wantError(r.over(mine, key, "POST", "/token", form), http.StatusUnauthorized, "invalid_client")
}

// renew makes another certificate of the same key.
func (r *tlsRig) renew(of *x509.Certificate, key crypto.Signer) (*x509.Certificate, crypto.Signer) {
	r.Helper()
	form := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: of.Subject, NotBefore: of.NotBefore, NotAfter: of.NotAfter}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		r.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		r.Fatal(err)
	}
	return c, key
}

// A token can be bound to both, and then both must be shown.
func TestCertificateAndDPoP(t *testing.T) {
	r := newTLSRig(t)
	p := r.prover()
	cert, key := r.certificate("bank", r.ca, r.caKey)
	at := func(path string) func(map[string]any) {
		return func(c map[string]any) { c["htu"] = "https://mtls.example.com" + path }
	}
	a := r.over(cert, key, "POST", "/token", boundForm(r.code("bank", nil), "bank"), withProof(p.proof("POST", "/token", "", at("/token"))))
	access, _ := a.json(t)["access_token"].(string)
	if cnf, _ := claims(t, access)["cnf"].(map[string]any); len(cnf) != 2 {
		t.Fatalf("%s", a.body)
	}
	dpop := func(q *http.Request) { q.Header.Set("Authorization", "DPoP "+access) }
	proof := func() func(*http.Request) { return withProof(p.proof("GET", "/userinfo", access)) }
	if a := r.over(cert, key, "GET", "/userinfo", nil, dpop, proof()); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	r.refusedAt(r.over(nil, nil, "GET", "/userinfo", nil, dpop, proof()), "invalid_token")
	r.refusedAt(r.over(cert, key, "GET", "/userinfo", nil, dpop), "invalid_dpop_proof")
}

func TestCertificateDiscovery(t *testing.T) {
	r := newTLSRig(t)
	got := r.get("/.well-known/openid-configuration", nil).json(t)
	aliases, _ := got["mtls_endpoint_aliases"].(map[string]any)
	methods, _ := got["token_endpoint_auth_methods_supported"].([]any)
	if got["tls_client_certificate_bound_access_tokens"] != true || aliases["token_endpoint"] != "https://mtls.example.com/token" || (aliases["device_authorization_endpoint"] == nil) != (got["device_authorization_endpoint"] == nil) || !slices.Contains(methods, any("tls_client_auth")) {
		t.Errorf("%v", got)
	}
	if off := newRig(t).get("/.well-known/openid-configuration", nil).json(t); off["mtls_endpoint_aliases"] != nil || off["tls_client_certificate_bound_access_tokens"] != nil {
		t.Errorf("off: %v", off)
	}
}
