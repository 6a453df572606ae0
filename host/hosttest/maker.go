package hosttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Maker makes authenticators that keep keys in their hardware, and says so: it signs
// registrations with a certificate of its own (packed attestation, WebAuthn 8.2).
type Maker struct {
	Root  *x509.Certificate
	key   *ecdsa.PrivateKey // of the attestation certificate
	chain [][]byte
}

// algES256 is the COSE name of ECDSA with SHA-256 (RFC 9053).
const algES256 = -7

// NewMaker makes a maker whose certificates end in ten years.
func NewMaker() (*Maker, error) {
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Authenticators Root"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a root key: %w", err)
	}
	m := &Maker{}
	if m.Root, err = issue(root, root, &rootKey.PublicKey, rootKey); err != nil {
		return nil, err
	}
	if m.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("make an attestation key: %w", err)
	}
	// What the certificate must say: WebAuthn 8.2.1.
	leaf, err := issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), BasicConstraintsValid: true,
		Subject: pkix.Name{
			Country: []string{"DE"}, Organization: []string{"Example"},
			OrganizationalUnit: []string{"Authenticator Attestation"}, CommonName: "Example Key",
		},
	}, m.Root, &m.key.PublicKey, rootKey)
	if err != nil {
		return nil, err
	}
	m.chain = [][]byte{leaf.Raw}
	return m, nil
}

// issue makes a certificate that is good from 2020, whatever clock a test has.
func issue(template, parent *x509.Certificate, key *ecdsa.PublicKey, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	template.NotBefore = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	template.NotAfter = time.Now().AddDate(10, 0, 0)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Attest signs the response of a registration in place of the authenticator.
func (m *Maker) Attest(response string) (string, error) { return m.AttestAs(m, response) }

// AttestAs does that with the certificate of another maker, whose key it does not have.
func (m *Maker) AttestAs(other *Maker, response string) (string, error) {
	var r map[string]any
	if err := json.Unmarshal([]byte(response), &r); err != nil {
		return "", fmt.Errorf("decode the response: %w", err)
	}
	inner, _ := r["response"].(map[string]any)
	clientData, err := decoded(inner["clientDataJSON"])
	if err != nil {
		return "", err
	}
	object, err := decoded(inner["attestationObject"])
	if err != nil {
		return "", err
	}
	var o map[string]any
	if err := webauthncbor.Unmarshal(object, &o); err != nil {
		return "", fmt.Errorf("decode the attestation object: %w", err)
	}
	data, _ := o["authData"].([]byte)
	hash := sha256.Sum256(clientData)
	sum := sha256.Sum256(append(slices.Clip(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, m.key, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign the attestation: %w", err)
	}
	o["fmt"] = "packed"
	o["attStmt"] = map[string]any{"alg": algES256, "sig": signature, "x5c": other.chain}
	if object, err = webauthncbor.Marshal(o); err != nil {
		return "", fmt.Errorf("encode the attestation object: %w", err)
	}
	inner["attestationObject"] = base64.RawURLEncoding.EncodeToString(object)
	text, err := json.Marshal(r)
	return string(text), err
}

// decoded is a member in base64url.
func decoded(member any) ([]byte, error) {
	text, _ := member.(string)
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) == 0 {
		return nil, fmt.Errorf("the response lacks a member, or holds one that is no base64url: %w", err)
	}
	return data, nil
}
