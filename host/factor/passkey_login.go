package factor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/acrhost/acrhost/host/store"
)

// The ceremonies of WebAuthn.
const (
	passkeyGet    = "passkey_get"
	passkeyCreate = "passkey_create"
)

// passkeyCeremony is a ceremony that waits for the browser's answer.
type passkeyCeremony struct {
	Session webauthn.SessionData `json:"session"`
	Options json.RawMessage      `json:"options"`
	UserID  string               `json:"user_id"` // empty: whoever the passkey belongs to
}

// Proof is what a factor proved.
type Proof struct {
	User store.User
	AMR  []string // RFC 8176
}

// BeginPasskeyLogin begins an authentication of this user, or, when userID is empty,
// of whoever has a passkey here (WebAuthn 7.2). ErrNone when there is nothing to use.
func (s *Service) BeginPasskeyLogin(ctx context.Context, run, userID, userVerification string) error {
	uv, err := verification(userVerification)
	if err != nil {
		return err
	}
	if s.passkeys == nil {
		return ErrNone
	}
	options := []webauthn.LoginOption{webauthn.WithUserVerification(uv), webauthn.WithAssertionExtensions(webauthn.WithExtensionUVM())}
	var assertion *protocol.CredentialAssertion
	var session *webauthn.SessionData
	if userID == "" {
		assertion, session, err = s.passkeys.BeginDiscoverableLogin(options...)
	} else {
		var o *passkeyOwner
		if o, err = s.passkeyOwner(ctx, userID); err != nil {
			return err
		}
		if len(o.keys) == 0 {
			return ErrNone
		}
		assertion, session, err = s.passkeys.BeginLogin(o, options...)
	}
	if err != nil {
		return fmt.Errorf("begin passkey login: %w", err)
	}
	return s.beginPasskey(ctx, run, passkeyGet, userID, session, assertion.Response)
}

func (s *Service) beginPasskey(ctx context.Context, run, ceremony, userID string, session *webauthn.SessionData, options any) error {
	text, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("encode passkey options: %w", err)
	}
	return s.begin(ctx, run, ceremony, passkeyCeremony{Session: *session, Options: text, UserID: userID})
}

// FinishPasskeyLogin checks what the browser answered, once: whatever comes of it,
// the challenge is spent. ErrRefused says why not.
func (s *Service) FinishPasskeyLogin(ctx context.Context, run, userID, response string) (Proof, error) {
	begun, err := s.takePasskey(ctx, run, passkeyGet, userID)
	if err != nil {
		return Proof{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return Proof{}, refusedBy(err)
	}
	o, key, err := s.assert(ctx, begun, parsed)
	if err != nil {
		return Proof{}, err
	}
	record, ok := o.record(key.ID)
	if !ok {
		return Proof{}, fmt.Errorf("%w: the passkey is none of the user's", ErrRefused)
	}
	if err := s.usePasskey(ctx, o, record, key); err != nil {
		return Proof{}, err
	}
	return Proof{User: o.User, AMR: amrOf(parsed.Response.AuthenticatorData, s.passkeys.bound(key, record.CreatedAt))}, nil
}

// takePasskey ends a ceremony, if it is this user's.
func (s *Service) takePasskey(ctx context.Context, run, ceremony, userID string) (passkeyCeremony, error) {
	var begun passkeyCeremony
	if s.passkeys == nil {
		return begun, ErrNone
	}
	err := s.take(ctx, run, ceremony, &begun)
	if errors.Is(err, store.ErrNotFound) {
		return begun, fmt.Errorf("%w: the run has no such challenge out", ErrRefused)
	}
	if err == nil && begun.UserID != userID {
		return begun, fmt.Errorf("%w: the challenge was for another user", ErrRefused)
	}
	return begun, err
}

// assert finds whose passkey it is and checks the assertion (WebAuthn 7.2).
func (s *Service) assert(ctx context.Context, begun passkeyCeremony, parsed *protocol.ParsedCredentialAssertionData) (*passkeyOwner, *webauthn.Credential, error) {
	if begun.UserID != "" {
		o, err := s.passkeyOwner(ctx, begun.UserID)
		if err != nil {
			return nil, nil, err
		}
		key, err := s.passkeys.ValidateLogin(o, begun.Session, parsed)
		return o, key, refusedBy(err)
	}
	var o *passkeyOwner
	var fault error
	_, key, err := s.passkeys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		o, fault = s.passkeyOwner(ctx, string(handle))
		return o, fault
	}, begun.Session, parsed)
	if fault != nil && !errors.Is(fault, ErrNone) {
		return nil, nil, fault
	}
	return o, key, refusedBy(err)
}

func (s *Service) passkeyOwner(ctx context.Context, userID string) (*passkeyOwner, error) {
	user, records, err := s.owner(ctx, userID, Passkey)
	if err != nil {
		return nil, err
	}
	return newPasskeyOwner(user, records)
}

// usePasskey keeps the counter and the flags of a use. A counter that did not grow
// says that the key was copied (WebAuthn 6.1.1): the login is refused, and the audit
// log says so. Of two uses at once with the same counter one is refused.
func (s *Service) usePasskey(ctx context.Context, o *passkeyOwner, record store.Credential, key *webauthn.Credential) error {
	if key.Authenticator.CloneWarning {
		s.audit(ctx, o.User, "passkey.counter", map[string]any{"credential": record.ID, "name": record.Label})
		return fmt.Errorf("%w: the passkey's counter went back", ErrRefused)
	}
	data, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("encode passkey: %w", err)
	}
	record.Data, record.LastUsedAt = data, s.Now().UTC()
	_, err = s.Users.PutCredential(ctx, record)
	if errors.Is(err, store.ErrConflict) && key.Authenticator.SignCount == 0 {
		return s.stillHas(ctx, o.ID, record.ID) // a synced passkey, used twice at once: the other one kept the time
	}
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: the passkey was used or removed at the same moment", ErrRefused)
	}
	if err != nil {
		return fmt.Errorf("keep the passkey's counter: %w", err)
	}
	return nil
}

// stillHas tells a passkey that was used at the same moment from one that was
// removed.
func (s *Service) stillHas(ctx context.Context, userID, credentialID string) error {
	_, records, err := s.owner(ctx, userID, Passkey)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(records, func(c store.Credential) bool { return c.ID == credentialID }) {
		return fmt.Errorf("%w: the passkey was removed at the same moment", ErrRefused)
	}
	return nil
}

// refusedBy is an error of the library as a refusal. Its details name what was
// wrong; they hold no secret, and reach the operator's log alone.
func refusedBy(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		return fmt.Errorf("%w: %s (%s)", ErrRefused, e.Details, e.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
