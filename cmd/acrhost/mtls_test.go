package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const withCertificates = `
issuer = "http://localhost:8080"
listen = "127.0.0.1:8080"
[plugins.standard]
path = "plugins/dist/standard.wasm"
[mtls]
listen = "MTLS"
cert = "DIR/server.pem"
key = "DIR/server.key"
client_ca = "DIR/ca.pem"
[[clients]]
id = "robot"
token_endpoint_auth_method = "tls_client_auth"
tls_client_auth_subject_dn = "CN=robot"
tls_client_certificate_bound_access_tokens = true
grant_types = ["client_credentials"]
scopes = ["jobs"]
[[clients]]
id = "asker"
introspects = ["*"]
secret = "correct horse battery staple"
token_endpoint_auth_method = "client_secret_post"
grant_types = ["client_credentials"]
scopes = ["jobs"]
[journeys.none]
start = "no"
[journeys.none.steps.no]
use = "standard/deny"
next = { denied = "@failure" }
`

// pair is a certificate with its key, signed by a parent; nil: by itself.
type pair struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

func newPair(t *testing.T, form x509.Certificate, by *pair) *pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form.SerialNumber, form.NotBefore, form.NotAfter = big.NewInt(1), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	form.BasicConstraintsValid = true
	if by == nil {
		by = &pair{&form, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &form, by.Certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{c, key}
}

// write keeps both as PEM, as name.pem and name.key.
func (p *pair) write(t *testing.T, dir, name string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{".pem": {Type: "CERTIFICATE", Bytes: p.Raw}, ".key": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, name+file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeTakesCertificates: the command listens where clients show their certificates.
func TestServeTakesCertificates(t *testing.T) {
	dir := t.TempDir()
	ca := newPair(t, x509.Certificate{Subject: pkix.Name{CommonName: "CA"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	ca.write(t, dir, "ca")
	newPair(t, x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, ca).write(t, dir, "server")
	robot := newPair(t, x509.Certificate{Subject: pkix.Name{CommonName: "robot"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, ca)
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.toml")
	text := strings.NewReplacer("MTLS", address, "DIR", dir).Replace(withCertificates)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := serveFile(t, file)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, Certificates: []tls.Certificate{{Certificate: [][]byte{robot.Raw}, PrivateKey: robot.key}},
	}}}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"robot"}}
	got := answerTo(t, client, "https://"+address+"/token", form)
	raw, ok := got["access_token"].(string)
	if !ok {
		t.Fatal(got)
	}
	asked := answerTo(t, client, issuer+"/introspect", url.Values{"token": {raw}, "client_id": {"asker"}, "client_secret": {"correct horse battery staple"}})
	if asked["active"] != true || asked["sub"] != "robot" || asked["cnf"] == nil {
		t.Errorf("introspection %v", asked)
	}
	if got := answerTo(t, http.DefaultClient, issuer+"/token", form); got["error"] != "invalid_client" {
		t.Errorf("without a certificate: %v", got)
	}
	takesRecommendedCiphers(t, address)
}

// takesRecommendedCiphers: of the ciphers of TLS 1.2 the listener accepts what RFC 9325 4.2
// recommends and nothing else, and no older TLS: what the conformance suite tries in
// fapi2-security-profile-final-happy-flow and fapi2-security-profile-final-ensure-holder-of-key-required.
func takesRecommendedCiphers(t *testing.T, address string) {
	t.Helper()
	accepts := func(c *tls.Config) bool {
		c.InsecureSkipVerify = true // what it is worth is tried above
		conn, err := tls.Dial("tcp", address, c)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) || strings.Contains(suite.Name, "RSA") {
			continue // the server's key is of ECDSA
		}
		want := strings.Contains(suite.Name, "_GCM_")
		if got := accepts(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}}); got != want {
			t.Errorf("%s accepted: %v, want %v", suite.Name, got, want)
		}
	}
	if accepts(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}) {
		t.Error("TLS 1.1 is accepted")
	}
	if !accepts(&tls.Config{MinVersion: tls.VersionTLS13}) {
		t.Error("TLS 1.3 is refused")
	}
}

func answerTo(t *testing.T, client *http.Client, address string, form url.Values) map[string]any {
	t.Helper()
	res, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var m map[string]any
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}
