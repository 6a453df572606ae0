package clientcert_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/clientcert"
)

// authority signs certificates.
type authority struct {
	key  crypto.Signer
	cert *x509.Certificate
	pool *x509.CertPool
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	a := authority{key: newKey(t), pool: x509.NewCertPool()}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert = a.sign(t, form, form, a.key)
	a.pool.AddCert(a.cert)
	return a
}

func (a authority) sign(t testing.TB, form, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, form, parent, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (a authority) client(t testing.TB, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	uri, err := url.Parse("spiffe://example.com/client")
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "NO"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "Acme, Inc. "},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "Lærer #1"},
		}},
		DNSNames: []string{"client.example.com", "*.wild.example.com"}, URIs: []*url.URL{uri}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 7)},
		EmailAddresses: []string{"client@example.com"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(form)
	}
	return a.sign(t, form, a.cert, newKey(t))
}

func TestName(t *testing.T) {
	c := newAuthority(t).client(t, nil)
	for name, row := range map[string]struct {
		is   clientcert.Name
		want bool
	}{
		"subject":               {clientcert.Name{SubjectDN: `CN=Lærer #1,O=Acme\, Inc.\ ,C=NO`}, true},
		"subject, spaced":       {clientcert.Name{SubjectDN: `cn = Lærer #1 , 2.5.4.10=Acme\2c Inc.\20, c=NO`}, true},
		"subject, hex UTF-8":    {clientcert.Name{SubjectDN: `CN=L\c3\a6rer #1,O=Acme\, Inc.\ ,C=NO`}, true},
		"subject, other order":  {clientcert.Name{SubjectDN: `C=NO,O=Acme\, Inc.\ ,CN=Lærer #1`}, false},
		"subject, a part":       {clientcert.Name{SubjectDN: `CN=Lærer #1`}, false},
		"subject, more":         {clientcert.Name{SubjectDN: `OU=x,CN=Lærer #1,O=Acme\, Inc.\ ,C=NO`}, false},
		"subject, in one set":   {clientcert.Name{SubjectDN: `CN=Lærer #1+O=Acme\, Inc.\ ,C=NO`}, false},
		"subject, another case": {clientcert.Name{SubjectDN: `CN=lærer #1,O=Acme\, Inc.\ ,C=NO`}, false},
		"subject, injected":     {clientcert.Name{SubjectDN: `CN=Lærer #1,O=Acme,O=Inc. ,C=NO`}, false},
		"DNS":                   {clientcert.Name{SANDNS: "Client.example.com"}, true},
		"DNS, a wildcard":       {clientcert.Name{SANDNS: "a.wild.example.com"}, false},
		"DNS, a part":           {clientcert.Name{SANDNS: "example.com"}, false},
		"URI":                   {clientcert.Name{SANURI: "spiffe://example.com/client"}, true},
		"URI, another":          {clientcert.Name{SANURI: "spiffe://example.com/client2"}, false},
		"IP":                    {clientcert.Name{SANIP: "192.0.2.7"}, true},
		"IP, as IPv6":           {clientcert.Name{SANIP: "::ffff:192.0.2.7"}, true},
		"IP, another":           {clientcert.Name{SANIP: "192.0.2.8"}, false},
		"e-mail":                {clientcert.Name{SANEmail: "client@example.com"}, true},
		"e-mail, another":       {clientcert.Name{SANEmail: "client@example.org"}, false},
		"no name":               {clientcert.Name{}, false},
	} {
		if got := row.is.IsOf(c); got != row.want || row.is.Check() != nil {
			t.Errorf("%s: %v, %v", name, got, row.is.Check())
		}
	}
}

func TestNameFaults(t *testing.T) {
	for _, dn := range []string{"CN", "CN=a,", ",", "XX=a", `CN="a"`, "CN=#0401", `CN=a\`, `CN=a\z`, `CN=a\4`, "CN=a;O=b", "CN=\xff", "=a"} {
		if (clientcert.Name{SubjectDN: dn}).Check() == nil {
			t.Errorf("%q is taken", dn)
		}
	}
	if (clientcert.Name{SANIP: "localhost"}).Check() == nil {
		t.Error("a name is taken as an address")
	}
}

func TestIssued(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	good := ours.client(t, nil)
	expired := ours.client(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	server := ours.client(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	for name, row := range map[string]struct {
		chain []*x509.Certificate
		pool  *x509.CertPool
		want  bool
	}{
		"good":                      {[]*x509.Certificate{good}, ours.pool, true},
		"another authority's":       {[]*x509.Certificate{theirs.client(t, nil)}, ours.pool, false},
		"its authority comes along": {[]*x509.Certificate{theirs.client(t, nil), theirs.cert}, ours.pool, false},
		"expired":                   {[]*x509.Certificate{expired}, ours.pool, false},
		"a server's":                {[]*x509.Certificate{server}, ours.pool, false},
		"nobody is trusted":         {[]*x509.Certificate{good}, nil, false},
	} {
		if err := clientcert.Issued(row.chain, row.pool, time.Now()); (err == nil) != row.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDN(f *testing.F) {
	c := newAuthority(f).client(f, nil)
	for _, seed := range []string{`CN=Lærer #1,O=Acme\, Inc.\ ,C=NO`, `CN=a+OU=b,DC=c`, `2.5.4.3=a\2c`, `CN=`, `\`, `CN=a\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := clientcert.Name{SubjectDN: text}
		if name.IsOf(c) && name.Check() != nil {
			t.Fatal("a name that is none fits")
		}
	})
}
