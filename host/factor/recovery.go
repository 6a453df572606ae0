package factor

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/store"
)

// Recovery codes are look-up secrets (NIST SP 800-63B-4 3.1.2): ten of 60 bits each,
// in groups that can be read aloud.
const (
	recoveryCount = 10
	recoverySize  = 12
	recoveryGroup = 4
)

// recoveryAlphabet is Crockford's base 32: no letter looks like another.
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// recoveryCodes is the ceremony of making new codes.
const recoveryCodes = "recovery_codes"

// codes are a user's recovery codes that were not used, as they are kept.
type codes struct {
	MACs [][]byte `json:"macs"`
}

// newCodes are codes that the user has not kept yet.
type newCodes struct {
	UserID string   `json:"user_id"`
	Codes  []string `json:"codes"`
}

// BeginRecovery makes ten new codes of a user. Those before count until
// FinishRecovery.
func (s *Service) BeginRecovery(ctx context.Context, run, userID string, evidence []acr.Evidence) error {
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	if _, _, err := s.owner(ctx, userID, Recovery); err != nil {
		return err
	}
	fresh := newCodes{UserID: userID}
	for range recoveryCount {
		fresh.Codes = append(fresh.Codes, newRecoveryCode())
	}
	return s.begin(ctx, run, recoveryCodes, fresh)
}

// newRecoveryCode draws a code, each as likely as any other: 32 divides 256.
func newRecoveryCode() string {
	raw := make([]byte, recoverySize)
	_, _ = rand.Read(raw) // never fails, says crypto/rand
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%recoveryGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(recoveryAlphabet[r%32])
	}
	return b.String()
}

// FinishRecovery makes the new codes count, in place of all before. ErrNotBegun: there
// are none, or they are too old.
func (s *Service) FinishRecovery(ctx context.Context, run, userID string, evidence []acr.Evidence) error {
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	var fresh newCodes
	err := s.take(ctx, run, recoveryCodes, &fresh)
	if errors.Is(err, store.ErrNotFound) || err == nil && fresh.UserID != userID {
		return fmt.Errorf("%w: the user makes no codes in this run", ErrNotBegun)
	}
	if err != nil {
		return err
	}
	user, before, err := s.owner(ctx, userID, Recovery)
	if err != nil {
		return err
	}
	c := store.Credential{ID: Recovery + ":" + userID, UserID: userID, Kind: Recovery, Label: "Recovery codes"}
	if len(before) > 0 {
		c.Version = before[0].Version
	}
	c.CreatedAt = s.Now().UTC()
	var kept codes
	for _, code := range fresh.Codes {
		kept.MACs = append(kept.MACs, s.recoveryMAC(userID, code))
	}
	if err := s.putCodes(ctx, c, kept); err != nil {
		return err
	}
	s.changed(ctx, user, Change{Event: "factor.added", Kind: Recovery})
	return nil
}

// SpendRecovery checks a code and removes it: of any number of callers one gets it.
// left is how many remain. ErrNone for a user who has none.
func (s *Service) SpendRecovery(ctx context.Context, userID, code string) (proof Proof, left int, err error) {
	user, all, err := s.owner(ctx, userID, Recovery)
	if err != nil {
		return Proof{}, 0, err
	}
	if len(all) == 0 {
		return Proof{}, 0, ErrNone
	}
	kept, err := codesOf(all[0])
	if err != nil {
		return Proof{}, 0, err
	}
	mac := s.recoveryMAC(userID, code)
	i := slices.IndexFunc(kept.MACs, func(m []byte) bool { return hmac.Equal(m, mac) })
	if i < 0 {
		return Proof{}, len(kept.MACs), fmt.Errorf("%w: the code is none of the user's, or was used before", ErrRefused)
	}
	kept.MACs = slices.Delete(kept.MACs, i, i+1)
	c := all[0]
	c.LastUsedAt = s.Now().UTC()
	if err := s.putCodes(ctx, c, kept); err != nil {
		return Proof{}, 0, err
	}
	s.changed(ctx, user, Change{Event: "factor.used", Kind: Recovery})
	// RFC 8176 has no value for recovery codes; each is a password of one time.
	return Proof{User: user, AMR: []string{"otp"}}, len(kept.MACs), nil
}

func (s *Service) putCodes(ctx context.Context, c store.Credential, kept codes) (err error) {
	if c.Data, err = json.Marshal(kept); err != nil {
		return fmt.Errorf("encode recovery codes: %w", err)
	}
	_, err = s.Users.PutCredential(ctx, c)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: the codes were used or changed at the same moment", ErrRefused)
	}
	if err != nil {
		return fmt.Errorf("keep recovery codes: %w", err)
	}
	return nil
}

func codesOf(c store.Credential) (codes, error) {
	var kept codes
	if err := json.Unmarshal(c.Data, &kept); err != nil {
		return kept, fmt.Errorf("decode recovery codes: %w", err)
	}
	return kept, nil
}

// recoveryMAC is a code as it is kept. It is keyed: who reads the database can't try
// codes against it.
func (s *Service) recoveryMAC(userID, code string) []byte {
	plain := strings.NewReplacer(" ", "", "-", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(code))
	return s.Sealer.MAC(Recovery, userID, []byte(plain))
}
