package config

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// Factors is what users prove themselves with beside the password.
type Factors struct {
	// Name is what authenticators call this provider; default: the issuer's host.
	Name string
	// MaxAge and Requires say what evidence a change of factors needs: how old it may be,
	// default 10 minutes, and any of which sets of amr values, nil for two kinds of
	// factor.
	MaxAge   time.Duration
	Requires [][]string
	// TrustFirst lets a user who has no second factor yet add one by a password alone.
	TrustFirst bool
	Passkey    Passkey
}

// Passkey is how passkeys are asked for; each empty value is the default of
// factor.Passkeys.
type Passkey struct {
	RPID        string
	Origins     []string
	ResidentKey string
	Attestation string
	// Makers are the certificates of the PEM file that attestation_makers names: whose
	// authenticators keep keys in hardware. nil: the authenticator's own word counts.
	Makers *x509.CertPool
}

// factors reads how factors are kept.
func (r *reader) factors(t *table, c *Config) {
	f := &c.Factors
	if u, err := url.Parse(c.Issuer); err == nil {
		f.Name = u.Hostname()
	}
	if t = t.sub("factors"); t == nil {
		return
	}
	defer t.close()
	t.text("name", &f.Name)
	if strings.Contains(f.Name, ":") {
		r.fault(t.pos("name"), `name = "Example Bank"`, "name in %s holds a colon, which authenticator apps take for the end of it", t.name)
	}
	t.duration("max_age", &f.MaxAge)
	f.Requires = r.requires(t)
	t.flag("trust_first", &f.TrustFirst)
	if f.TrustFirst && f.Requires != nil {
		r.fault(t.pos("trust_first"), "leave one of the two out", "trust_first in %s means nothing beside requires, which says what everybody needs", t.name)
	}
	if t = t.sub("passkey"); t == nil {
		return
	}
	defer t.close()
	r.passkey(t, c)
}

// passkey reads how passkeys are asked for. The RP ID must be a registrable suffix of
// the issuer's host (WebAuthn 5.1.2), or no browser would use it.
func (r *reader) passkey(t *table, c *Config) {
	p := &c.Factors.Passkey
	t.text("rp_id", &p.RPID)
	if u, err := url.Parse(c.Issuer); err == nil && p.RPID != "" && u.Hostname() != p.RPID && !strings.HasSuffix(u.Hostname(), "."+p.RPID) {
		r.fault(t.pos("rp_id"), "rp_id = "+quoted(u.Hostname())+", or a domain above it", "rp_id in %s is %s, which is neither the issuer's host nor above it", t.name, quoted(p.RPID))
	}
	t.texts("origins", &p.Origins)
	for _, origin := range p.Origins {
		r.rule(t.pos("origins"), "an origin in "+t.name, checkOrigin(origin))
	}
	t.oneOf("resident_key", &p.ResidentKey, "required", "preferred", "discouraged")
	t.oneOf("attestation", &p.Attestation, "none", "indirect", "direct", "enterprise")
	r.makers(t, p)
}

// maxPEM bounds a file of certificates.
const maxPEM = 1 << 20

// readWhole reads a small file that the configuration names.
func (r *reader) readWhole(path string) ([]byte, error) {
	f, err := r.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPEM+1))
	if err == nil && len(data) > maxPEM {
		err = fmt.Errorf("it has more than %d bytes", maxPEM)
	}
	return data, err
}

// makers reads whose word an authenticator needs. It has to be asked for.
func (r *reader) makers(t *table, p *Passkey) {
	var path string
	if t.path("attestation_makers", &path); path == "" {
		return
	}
	pos := t.pos("attestation_makers")
	if p.Attestation == "" {
		p.Attestation = "direct"
	}
	if p.Attestation == "none" {
		r.fault(t.pos("attestation"), `attestation = "direct", or leave it out`, "attestation in %s is none, but attestation_makers judge what comes", t.name)
	}
	pem, err := r.readWhole(path)
	if err != nil {
		r.fault(pos, "paths are relative to this file", "attestation_makers in %s can't be read: %v", t.name, reason(err))
		return
	}
	p.Makers = x509.NewCertPool()
	if !p.Makers.AppendCertsFromPEM(pem) {
		r.fault(pos, "-----BEGIN CERTIFICATE----- begins one", "attestation_makers in %s holds no certificate in PEM", t.name)
	}
}
