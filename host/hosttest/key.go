package hosttest

import (
	"errors"
	"fmt"

	"github.com/descope/virtualwebauthn"
)

// Key is an authenticator that holds one passkey and verifies its user: a security
// key, or, when it is Synced, a phone that shares its passkeys with others.
type Key struct {
	Synced bool
	Maker  *Maker // who attests that it keeps keys in hardware; nil: nobody does

	auth virtualwebauthn.Authenticator
	key  *virtualwebauthn.Credential // nil: nothing was registered yet
}

// registered says whether the key can sign in at all; a nil one can't.
func (k *Key) registered() bool { return k != nil && k.key != nil }

// sizeOfEC is that of an ES256 key in COSE: the library leaves out the zeros in front
// of a coordinate, and makes a key that is none.
const sizeOfEC = 77

// create answers the creation options of a page (WebAuthn 5.1.3) at an origin.
func (k *Key) create(origin string, options []byte) (string, error) {
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		return "", fmt.Errorf("creation options: %w", err)
	}
	k.auth = virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{
		UserHandle: []byte(parsed.UserID), BackupEligible: k.Synced, BackupState: k.Synced,
	})
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for len(key.Key.AttestationData()) != sizeOfEC {
		key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	k.key = &key
	response := virtualwebauthn.CreateAttestationResponse(virtualwebauthn.RelyingParty{ID: parsed.RelyingPartyID, Origin: origin}, k.auth, key, *parsed)
	if k.Maker == nil {
		return response, nil
	}
	return k.Maker.Attest(response)
}

// get answers the request options of a page (WebAuthn 5.1.4) at an origin.
func (k *Key) get(origin string, options []byte) (string, error) {
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		return "", fmt.Errorf("request options: %w", err)
	}
	if !k.registered() {
		return "", errors.New("the key holds no passkey: let the person add one first")
	}
	k.key.Counter++
	rp := virtualwebauthn.RelyingParty{ID: parsed.RelyingPartyID, Origin: origin}
	return virtualwebauthn.CreateAssertionResponse(rp, k.auth, *k.key, *parsed), nil
}
