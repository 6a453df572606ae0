package factor

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/metadata"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/webauthn"
)

// vouched says whether one of the makers attested that the key was made by their
// authenticator (WebAuthn 7.1, steps 23 and 24). The statement's signature was checked
// when the key was registered; what is left is whose certificate that was, as of then.
func vouched(makers *x509.CertPool, key *webauthn.Credential, registered time.Time) bool {
	switch metadata.AuthenticatorAttestationType(key.AttestationType) {
	case metadata.BasicFull, metadata.AttCA, metadata.AnonCA:
	default:
		return false // nobody's word but the authenticator's own
	}
	chain := certificates(key.Attestation.Object)
	if len(chain) == 0 {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: makers, Intermediates: between, CurrentTime: registered, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// oidAltName is the subject's alternative name, critical in a TPM's certificate, where
// it names the chip (WebAuthn 8.3.1). The library has read it.
var oidAltName = asn1.ObjectIdentifier{2, 5, 29, 17}

// certificates is the trust path of an attestation object; nil when it has none.
func certificates(object []byte) []*x509.Certificate {
	var o struct {
		Statement struct {
			X5C [][]byte `cbor:"x5c"`
		} `cbor:"attStmt"`
	}
	if webauthncbor.Unmarshal(object, &o) != nil {
		return nil
	}
	var chain []*x509.Certificate
	for _, der := range o.Statement.X5C {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		c.UnhandledCriticalExtensions = slices.DeleteFunc(c.UnhandledCriticalExtensions, oidAltName.Equal)
		chain = append(chain, c)
	}
	return chain
}
