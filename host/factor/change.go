package factor

import (
	"context"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

// DefaultMaxAge is how old evidence may be for a change of factors.
const DefaultMaxAge = 10 * time.Minute

// Rule says what evidence a change of factors needs. The zero value is the default:
// two kinds of factor, within DefaultMaxAge. Otherwise whoever knows the password alone
// could add what makes the second factor worthless.
type Rule struct {
	Requires [][]string    // any of these sets of amr values; nil: the default
	MaxAge   time.Duration // 0: DefaultMaxAge
	// TrustFirst lets a user who has no second factor yet, nor an address that codes go
	// to, add one by a password alone. Whoever has stolen the password of such a user can
	// do the same, and signs in with two factors from then on.
	TrustFirst bool
}

// MayChange says whether this evidence is enough for a change of a user's factors;
// ErrWeak with what is missing when it is not.
func (s *Service) MayChange(ctx context.Context, userID string, evidence []acr.Evidence) error {
	level, err := s.Needs(ctx, userID, evidence)
	if err != nil {
		return err
	}
	if err := level.Supports(evidence, s.Now()); err != nil {
		return fmt.Errorf("%w: %w", ErrWeak, err)
	}
	return nil
}

// Needs is what a change of a user's factors takes. Where any evidence is enough, it is
// any of this.
func (s *Service) Needs(ctx context.Context, userID string, evidence []acr.Evidence) (acr.Level, error) {
	level := acr.Level{Requires: s.Rule.Requires, MaxAge: s.Rule.MaxAge}
	if level.MaxAge == 0 {
		level.MaxAge = DefaultMaxAge
	}
	if level.Requires != nil {
		return level, nil
	}
	level.Requires = [][]string{{acr.MFA}}
	if !s.Rule.TrustFirst {
		return level, nil
	}
	second, err := s.hasSecond(ctx, userID)
	if err == nil && !second {
		level.Requires = anything(evidence)
	}
	return level, err
}

// anything is met by any one piece of the evidence that says something.
func anything(evidence []acr.Evidence) [][]string {
	var all [][]string
	for _, e := range evidence {
		all = append(all, e.AMR)
	}
	return all
}

// hasSecond says whether a user has a factor beside a password.
func (s *Service) hasSecond(ctx context.Context, userID string) (bool, error) {
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return false, fmt.Errorf("read credentials: %w", err)
	}
	user, err := s.Users.User(ctx, userID)
	if err != nil {
		return false, fmt.Errorf("read user: %w", err)
	}
	return len(s.seconds(user, all)) > 0, nil
}

// seconds are the ids of what a user has beside a password, as Item has them. An address
// is one when codes are sent to it: the operator's are, verified or not.
func (s *Service) seconds(user store.User, all []store.Credential) []string {
	var ids []string
	for _, c := range all {
		if c.Kind == Passkey && s.passkeys != nil || c.Kind == TOTP || c.Kind == Recovery {
			ids = append(ids, c.ID)
		}
	}
	for _, a := range []struct{ channel, address string }{{deliver.SMS, user.Phone}, {deliver.Email, user.Email}} {
		if s.reaches(a.channel, a.address) {
			ids = append(ids, a.channel)
		}
	}
	return ids
}

// Change is what happened to a user's factors.
type Change struct {
	Event string // of the audit log: factor.added, factor.removed, factor.used, password.changed
	Kind  string
	Name  string
}

// PasswordChanged says that a user has another password, or a first one: package
// account keeps it.
func (s *Service) PasswordChanged(ctx context.Context, userID string) {
	user, err := s.user(ctx, userID)
	if err != nil {
		s.Log.ErrorContext(ctx, "nobody was told of a changed password", "user", userID, "error", err)
		return
	}
	s.changed(ctx, user, Change{Event: "password.changed", Kind: Password})
}

// changed writes the audit log and tells the user, at an address that they had
// before. Neither failing undoes the change: the log of the host says so.
func (s *Service) changed(ctx context.Context, before store.User, c Change) {
	s.audit(ctx, before, c.Event, map[string]any{"kind": c.Kind, "name": c.Name})
	s.tell(ctx, before, c)
}

func (s *Service) audit(ctx context.Context, user store.User, event string, details map[string]any) {
	if err := s.Audit.AddEvent(ctx, store.Event{At: s.Now().UTC(), Type: event, UserID: user.ID, Details: details}); err != nil {
		s.Log.ErrorContext(ctx, "audit event lost", "event", event, "error", err)
	}
}

// tell sends the user a message, by e-mail if there is an address, else by SMS: where
// codes would go, and so also to what the operator gave and nobody has verified.
func (s *Service) tell(ctx context.Context, user store.User, c Change) {
	for _, to := range []struct{ channel, address string }{{deliver.Email, user.Email}, {deliver.SMS, user.Phone}} {
		if !s.reaches(to.channel, to.address) {
			continue
		}
		err := s.Senders[to.channel].Send(ctx, deliver.Message{
			Channel: to.channel, To: to.address, Subject: "Your sign-in methods have changed", Text: s.words(user, c),
		})
		if err == nil {
			return
		}
		s.Log.ErrorContext(ctx, "the user was not told of a change of factors", "user", user.ID, "channel", to.channel, "error", err)
	}
}

// words tell what changed, and what to do about it. The name is the user's own.
func (s *Service) words(user store.User, c Change) string {
	verb := map[string]string{
		"factor.added": "was added to", "factor.removed": "was removed from", "factor.used": "was used to sign in to",
		"password.changed": "was changed for",
	}[c.Event]
	return fmt.Sprintf("%s %s the account %s on %s. If this was not you, tell the operator of this service at once.",
		c.what(), verb, user.Name, s.Now().UTC().Format("2006-01-02 at 15:04 UTC"))
}

func (c Change) what() string {
	if c.Event == "factor.used" && c.Kind == Recovery {
		return "A recovery code"
	}
	what, ok := map[string]string{
		Passkey: "A passkey", TOTP: "An authenticator app", Recovery: "A set of recovery codes",
		Password: "The password", deliver.SMS: "A phone number", deliver.Email: "An e-mail address",
	}[c.Kind]
	if !ok {
		what = "A sign-in method"
	}
	if c.Name != "" {
		what += " (" + c.Name + ")"
	}
	return what
}
