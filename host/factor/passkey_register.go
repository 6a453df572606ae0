package factor

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/store"
)

// BeginPasskeyRegistration begins to add a passkey to a user (WebAuthn 7.1). Those
// that the user has can't be registered again.
func (s *Service) BeginPasskeyRegistration(ctx context.Context, run, userID, userVerification string, evidence []acr.Evidence) error {
	uv, err := verification(userVerification)
	if err != nil {
		return err
	}
	if s.passkeys == nil {
		return ErrNone
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	o, err := s.passkeyOwner(ctx, userID)
	if err != nil {
		return err
	}
	if len(o.keys) >= MaxOfKind {
		return ErrTooMany
	}
	creation, session, err := s.passkeys.BeginRegistration(o,
		webauthn.WithExclusions(o.descriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: s.passkeys.residentKey, UserVerification: uv,
			RequireResidentKey: new(s.passkeys.residentKey == protocol.ResidentKeyRequirementRequired),
		}),
		webauthn.WithConveyancePreference(s.passkeys.attestation),
		webauthn.WithExtensions(webauthn.WithExtensionUVM()))
	if err != nil {
		return fmt.Errorf("begin passkey registration: %w", err)
	}
	return s.beginPasskey(ctx, run, passkeyCreate, userID, session, creation.Response)
}

// FinishPasskeyRegistration keeps the passkey that the browser answered with, once.
func (s *Service) FinishPasskeyRegistration(ctx context.Context, run, userID, response, name string, evidence []acr.Evidence) (Proof, error) {
	begun, err := s.takePasskey(ctx, run, passkeyCreate, userID)
	if err != nil {
		return Proof{}, err
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return Proof{}, err // what sufficed when it began may be too old by now
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return Proof{}, refusedBy(err)
	}
	o, err := s.passkeyOwner(ctx, userID)
	if err != nil {
		return Proof{}, err
	}
	key, err := s.passkeys.CreateCredential(o, begun.Session, parsed)
	if err != nil {
		return Proof{}, refusedBy(err)
	}
	data, err := json.Marshal(key)
	if err != nil {
		return Proof{}, fmt.Errorf("encode passkey: %w", err)
	}
	c := store.Credential{ID: passkeyID(key.ID), Kind: Passkey, Label: named(name, "Passkey"), Data: data}
	if err := s.add(ctx, o.User, c, len(o.keys)); err != nil {
		return Proof{}, err
	}
	return Proof{User: o.User, AMR: amrOf(parsed.Response.AttestationObject.AuthData, s.passkeys.bound(key, s.Now()))}, nil
}
