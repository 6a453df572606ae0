package factor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

// newAddress is a phone number or an e-mail address that is not confirmed yet.
type newAddress struct {
	UserID  string `json:"user_id"`
	Address string `json:"address"`
}

// addressCreate is the ceremony of adding an address of a channel.
func addressCreate(channel string) string { return "address:" + channel }

// BeginAddress keeps an address that a user wants to add until a code that was sent
// there is confirmed. ErrAddress: it is none of the channel.
func (s *Service) BeginAddress(ctx context.Context, run, userID, channel, address string, evidence []acr.Evidence) error {
	if deliver.CheckAddress(channel, address) != nil {
		return ErrAddress
	}
	if _, ok := s.Senders[channel]; !ok {
		return ErrNone
	}
	if _, err := s.user(ctx, userID); err != nil {
		return err
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	return s.begin(ctx, run, addressCreate(channel), newAddress{UserID: userID, Address: address})
}

// PendingAddress is the address that BeginAddress keeps for this user and run.
func (s *Service) PendingAddress(ctx context.Context, run, userID, channel string) (string, error) {
	var begun newAddress
	err := s.look(ctx, run, addressCreate(channel), &begun)
	if errors.Is(err, store.ErrNotFound) || err == nil && begun.UserID != userID {
		return "", fmt.Errorf("%w: the user adds no address in this run", ErrNotBegun)
	}
	return begun.Address, err
}

// FinishAddress gives the user the address whose code the caller has checked: ErrRefused
// when it is not, or no longer, the one that the run adds. The user is told at the
// address before.
func (s *Service) FinishAddress(ctx context.Context, run, userID, channel, address string, evidence []acr.Evidence) (Proof, error) {
	pending, err := s.PendingAddress(ctx, run, userID, channel)
	if err != nil {
		return Proof{}, err
	}
	if pending != address {
		return Proof{}, fmt.Errorf("%w: the run adds another address by now", ErrRefused)
	}
	user, err := s.setAddress(ctx, userID, channel, address, evidence)
	if err != nil {
		return Proof{}, err
	}
	var begun newAddress
	if err := s.take(ctx, run, addressCreate(channel), &begun); err != nil && !errors.Is(err, store.ErrNotFound) {
		return Proof{}, err
	}
	amr := "otp" // RFC 8176 has no value for e-mail
	if channel == deliver.SMS {
		amr = "sms"
	}
	return Proof{User: user, AMR: []string{amr}}, nil
}

// isAddress says whether a credential only notes when an address was last used: the
// address itself is the account's.
func isAddress(kind string) bool { return kind == deliver.SMS || kind == deliver.Email }

// Used notes that a code that was sent by a channel has just verified a user. It is for
// the user to read: that it could not be noted is logged, and no more.
func (s *Service) Used(ctx context.Context, userID, channel string) {
	if err := s.used(ctx, userID, channel); err != nil {
		s.Log.WarnContext(ctx, "the last use of an address was not noted", "user", userID, "channel", channel, "error", err)
	}
}

func (s *Service) used(ctx context.Context, userID, channel string) error {
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return err
	}
	c := store.Credential{ID: channel + ":" + userID, UserID: userID, Kind: channel, CreatedAt: s.Now().UTC()}
	if i := slices.IndexFunc(all, func(have store.Credential) bool { return have.ID == c.ID }); i >= 0 {
		c = all[i]
	}
	c.LastUsedAt = s.Now().UTC()
	if _, err := s.Users.PutCredential(ctx, c); !errors.Is(err, store.ErrConflict) {
		return err
	}
	return nil // another login noted the same moment
}

// RemoveAddress takes a phone number or an e-mail address from a user, who is told
// there.
func (s *Service) RemoveAddress(ctx context.Context, userID, channel string, evidence []acr.Evidence) error {
	end, err := s.removing(ctx, userID)
	if err != nil {
		return err
	}
	defer end()
	user, all, err := s.owned(ctx, userID)
	if err != nil {
		return err
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	if s.isLast(user, channel, all) {
		return ErrLast
	}
	_, err = s.setAddress(ctx, userID, channel, "", evidence)
	return err
}

func (s *Service) setAddress(ctx context.Context, userID, channel, address string, evidence []acr.Evidence) (store.User, error) {
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return store.User{}, err
	}
	user, err := s.user(ctx, userID)
	if err != nil {
		return store.User{}, err
	}
	before := user
	c := Change{Event: "factor.added", Kind: channel, Name: deliver.Mask(channel, address)}
	old := before.Email
	if channel == deliver.SMS {
		old = before.Phone
		user.Phone, user.PhoneVerified = address, address != ""
	} else {
		user.Email, user.EmailVerified = address, address != ""
	}
	if address == "" {
		c.Event, c.Name = "factor.removed", deliver.Mask(channel, old)
	}
	user.UpdatedAt = s.Now().UTC()
	_, err = s.Users.PutUser(ctx, user)
	if errors.Is(err, store.ErrConflict) {
		return store.User{}, fmt.Errorf("%w: the account was changed at the same moment", ErrRefused)
	}
	if err != nil {
		return store.User{}, fmt.Errorf("keep the address: %w", err)
	}
	if err := s.Users.RemoveCredential(ctx, channel+":"+userID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, fmt.Errorf("forget when the address before was used: %w", err)
	}
	s.changed(ctx, before, c)
	return user, nil
}
