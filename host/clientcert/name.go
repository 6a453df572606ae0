package clientcert

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Name is how a client names its certificate: in one way (RFC 8705 2.1.2).
type Name struct {
	SubjectDN string // RFC 4514
	SANDNS    string
	SANURI    string
	SANIP     string
	SANEmail  string
}

// Check says what is wrong with a name. One that is empty is right: there is none.
func (n Name) Check() error {
	if n.SubjectDN != "" {
		if _, err := parseDN(n.SubjectDN); err != nil {
			return fmt.Errorf("the subject's name is not one of RFC 4514: %w", err)
		}
	}
	if n.SANIP != "" {
		if _, err := netip.ParseAddr(n.SANIP); err != nil {
			return errors.New("the address is none")
		}
	}
	return nil
}

// IsOf says whether a certificate has the name. All of it must be equal: there are neither
// wildcards nor parts.
func (n Name) IsOf(c *x509.Certificate) bool {
	switch {
	case n.SubjectDN != "":
		return n.isSubject(c)
	case n.SANDNS != "":
		return slices.ContainsFunc(c.DNSNames, func(s string) bool { return strings.EqualFold(s, n.SANDNS) })
	case n.SANURI != "":
		for _, u := range c.URIs {
			if u.String() == n.SANURI {
				return true
			}
		}
	case n.SANIP != "":
		want, err := netip.ParseAddr(n.SANIP)
		return err == nil && slices.ContainsFunc(c.IPAddresses, func(ip net.IP) bool {
			is, ok := netip.AddrFromSlice(ip)
			return ok && is.Unmap() == want.Unmap()
		})
	case n.SANEmail != "":
		return slices.Contains(c.EmailAddresses, n.SANEmail)
	}
	return false
}

func (n Name) isSubject(c *x509.Certificate) bool {
	want, err := parseDN(n.SubjectDN)
	if err != nil {
		return false
	}
	is, err := subjectOf(c)
	return err == nil && is.equal(want)
}

// Issued says whether one of the authorities vouches for the first certificate of a chain,
// now and for clients (RFC 5280 6).
func Issued(chain []*x509.Certificate, authorities *x509.CertPool, now time.Time) error {
	if authorities == nil {
		return errors.New("no authority is trusted") // and not the system's, which nil would mean
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: authorities, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}
