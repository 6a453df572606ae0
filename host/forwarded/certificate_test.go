package forwarded_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/forwarded"
)

func newCertificate(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func inPEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// holderOf is the name in the certificate that a request counts as having.
func holderOf(t testing.TB, header string, change func(*http.Request)) string {
	t.Helper()
	name := ""
	handler := forwarded.Certificates([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, header, slog.New(slog.DiscardHandler))(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if chain := forwarded.ClientCertificate(r); len(chain) > 0 {
				name = chain[0].Subject.CommonName
			}
		}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/token", http.NoBody)
	r.RemoteAddr = "10.1.2.3:4567"
	change(r)
	handler.ServeHTTP(httptest.NewRecorder(), r)
	return name
}

func TestCertificateForms(t *testing.T) {
	c, other := newCertificate(t, "client"), newCertificate(t, "other")
	plain := base64.StdEncoding.EncodeToString(c.Raw)
	escaped := url.PathEscape(inPEM(c))
	for name, row := range map[string]struct {
		said []string
		want string
	}{
		"RFC 9440":               {[]string{":" + plain + ":"}, "client"},
		"escaped PEM":            {[]string{escaped}, "client"},
		"fully escaped PEM":      {[]string{strings.ReplaceAll(url.QueryEscape(inPEM(c)), "+", "%20")}, "client"},
		"Envoy":                  {[]string{`By=spiffe://x;Hash=00;Cert="` + escaped + `";Subject="CN=client"`}, "client"},
		"base64":                 {[]string{plain}, "client"},
		"nothing":                {nil, ""},
		"empty":                  {[]string{""}, ""},
		"twice":                  {[]string{":" + plain + ":", ":" + plain + ":"}, ""},
		"two in one":             {[]string{":" + plain + ":, :" + plain + ":"}, ""},
		"two elements of Envoy":  {[]string{`Cert="` + url.PathEscape(inPEM(other)) + `",Cert="` + escaped + `"`}, ""},
		"two elements, no comma": {[]string{`Cert="` + url.PathEscape(inPEM(other)) + `";Cert="` + escaped + `"`}, ""},
		"a chain":                {[]string{url.PathEscape(inPEM(c) + inPEM(other))}, ""},
		"a key":                  {[]string{url.PathEscape(strings.ReplaceAll(inPEM(c), "CERTIFICATE", "PRIVATE KEY"))}, ""},
		"half open":              {[]string{":" + plain}, ""},
		"no certificate":         {[]string{":AAAA:"}, ""},
		"huge":                   {[]string{":" + strings.Repeat("A", 40<<10) + ":"}, ""},
	} {
		got := holderOf(t, "Client-Cert", func(r *http.Request) { r.Header["Client-Cert"] = row.said })
		if got != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestCertificateSource(t *testing.T) {
	mine, proxys := newCertificate(t, "client"), newCertificate(t, "proxy")
	said := ":" + base64.StdEncoding.EncodeToString(mine.Raw) + ":"
	over := func(c *x509.Certificate) *tls.ConnectionState {
		return &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}}
	}
	for name, row := range map[string]struct {
		header, peer string
		tls          *tls.ConnectionState
		said         string
		want         string
	}{
		"a proxy":                      {"Client-Cert", "10.0.0.1:1", nil, said, "client"},
		"a proxy's header of its name": {"X-Forwarded-Client-Cert", "10.0.0.1:1", nil, said, ""},
		// Attack: a client writes the header by itself.
		"forged by a client":             {"Client-Cert", "192.0.2.1:1", nil, said, ""},
		"forged by one with TLS":         {"Client-Cert", "192.0.2.1:1", over(proxys), said, "proxy"},
		"forged, address unknown":        {"Client-Cert", "", nil, said, ""},
		"forged where none is read":      {"", "10.0.0.1:1", nil, said, ""},
		"a connection":                   {"Client-Cert", "192.0.2.1:1", over(mine), "", "client"},
		"a proxy's own certificate":      {"Client-Cert", "10.0.0.1:1", over(proxys), "", ""},
		"a proxy's, beside the client's": {"Client-Cert", "10.0.0.1:1", over(proxys), said, "client"},
	} {
		got := holderOf(t, row.header, func(r *http.Request) {
			r.RemoteAddr, r.TLS = row.peer, row.tls
			if row.said != "" {
				r.Header.Set("Client-Cert", row.said)
			}
		})
		if got != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzCertificate(f *testing.F) {
	c := newCertificate(f, "client")
	f.Add(":" + base64.StdEncoding.EncodeToString(c.Raw) + ":")
	f.Add(url.PathEscape(inPEM(c)))
	f.Add(`Hash=0;Cert="` + url.PathEscape(inPEM(c)) + `"`)
	f.Add(`%`)
	f.Fuzz(func(t *testing.T, said string) {
		handler := forwarded.Certificates([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "Client-Cert", slog.New(slog.DiscardHandler))(
			http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if chain := forwarded.ClientCertificate(r); len(chain) > 1 || len(chain) == 1 && bytes.Equal(chain[0].Raw, nil) {
					t.Errorf("%d certificates", len(chain))
				}
			}))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header["Client-Cert"] = []string{said}
		handler.ServeHTTP(httptest.NewRecorder(), r)
	})
}
