package factor

import (
	"cmp"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/acrhost/acrhost/host/store"
)

// Passkeys is how passkeys are asked for.
type Passkeys struct {
	// Issuer is the provider's URL: its host is the RP ID unless RPID names a domain
	// above it, and its origin the only one that a response may come from unless
	// Origins lists others (WebAuthn 13.4.9).
	Issuer  string
	RPID    string
	Origins []string
	// ResidentKey is required (default), preferred or discouraged: only a passkey that
	// the authenticator keeps itself signs in without a user name (WebAuthn 5.4.6).
	ResidentKey string
	// Attestation is none (default), indirect, direct or enterprise (WebAuthn 5.4.7).
	// Without Makers, what comes is recorded and not judged.
	Attestation string
	// Makers are the certificates of who makes authenticators whose keys can't leave
	// them: it takes their word for hwk. nil: the authenticator's own.
	Makers *x509.CertPool
}

// relyingParty is this provider as WebAuthn has it.
type relyingParty struct {
	*webauthn.WebAuthn
	residentKey protocol.ResidentKeyRequirement
	attestation protocol.ConveyancePreference
	makers      *x509.CertPool
}

func newRelyingParty(c Config) (*relyingParty, error) {
	u, err := url.Parse(c.Passkeys.Issuer)
	if err != nil {
		return nil, err
	}
	id := cmp.Or(c.Passkeys.RPID, u.Hostname())
	if _, err := netip.ParseAddr(id); err == nil || id == "" {
		return nil, nil
	}
	origins := c.Passkeys.Origins
	if len(origins) == 0 {
		origins = []string{u.Scheme + "://" + u.Host}
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: cmp.Or(c.Name, id), RPOrigins: origins,
		// What a browser adds unasked decides nothing here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, err
	}
	return &relyingParty{
		WebAuthn:    w,
		residentKey: protocol.ResidentKeyRequirement(cmp.Or(c.Passkeys.ResidentKey, "required")),
		attestation: protocol.ConveyancePreference(cmp.Or(c.Passkeys.Attestation, "none")),
		makers:      c.Passkeys.Makers,
	}, nil
}

// verification is a user verification requirement (WebAuthn 5.8.6); empty: required.
func verification(name string) (protocol.UserVerificationRequirement, error) {
	switch v := protocol.UserVerificationRequirement(cmp.Or(name, string(protocol.VerificationRequired))); v {
	case protocol.VerificationRequired, protocol.VerificationPreferred, protocol.VerificationDiscouraged:
		return v, nil
	}
	return "", fmt.Errorf("%w: user verification is required, preferred or discouraged", ErrRefused)
}

// passkeyOwner is a user with their passkeys, as the library wants them.
type passkeyOwner struct {
	store.User
	records []store.Credential
	keys    []webauthn.Credential
}

func newPasskeyOwner(u store.User, records []store.Credential) (*passkeyOwner, error) {
	o := &passkeyOwner{User: u, records: records}
	for _, r := range records {
		var key webauthn.Credential
		if err := json.Unmarshal(r.Data, &key); err != nil {
			return nil, fmt.Errorf("decode passkey %s: %w", r.ID, err)
		}
		o.keys = append(o.keys, key)
	}
	return o, nil
}

// WebAuthnID is the user handle: the account's id, which says nothing about the
// person (WebAuthn 14.6.1).
func (o *passkeyOwner) WebAuthnID() []byte { return []byte(o.ID) }

// WebAuthnName is what the authenticator shows to tell accounts apart.
func (o *passkeyOwner) WebAuthnName() string { return o.Name }

// WebAuthnDisplayName is the person's name, when it is known.
func (o *passkeyOwner) WebAuthnDisplayName() string {
	name, _ := o.Claims["name"].(string)
	return cmp.Or(name, o.Name)
}

// WebAuthnCredentials are the user's passkeys.
func (o *passkeyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// descriptors name the user's passkeys to a browser.
func (o *passkeyOwner) descriptors() []protocol.CredentialDescriptor {
	all := make([]protocol.CredentialDescriptor, len(o.keys))
	for i, key := range o.keys {
		all[i] = key.Descriptor()
	}
	return all
}

// record is the stored form of a passkey.
func (o *passkeyOwner) record(id []byte) (store.Credential, bool) {
	for _, r := range o.records {
		if r.ID == passkeyID(id) {
			return r, true
		}
	}
	return store.Credential{}, false
}

// passkeyID names a passkey in the store. It holds no user: one passkey can be that
// of one user only (WebAuthn 7.1, step 26).
func passkeyID(id []byte) string { return Passkey + ":" + base64.RawURLEncoding.EncodeToString(id) }
