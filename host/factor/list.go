package factor

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Of says what a user can prove themselves with; ErrNone for no user.
func (s *Service) Of(ctx context.Context, userID string) (abi.UserFactors, error) {
	user, err := s.user(ctx, userID)
	if err != nil {
		return abi.UserFactors{}, err
	}
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return abi.UserFactors{}, fmt.Errorf("read credentials: %w", err)
	}
	f := abi.UserFactors{Phone: s.reaches(deliver.SMS, user.Phone), Email: s.reaches(deliver.Email, user.Email)}
	for _, c := range all {
		switch c.Kind {
		case Password:
			f.Password = true
		case Passkey:
			if s.passkeys != nil {
				f.Passkeys++
			}
		case TOTP:
			f.TOTP++
		case Recovery:
			kept, err := codesOf(c)
			if err != nil {
				return abi.UserFactors{}, err
			}
			f.RecoveryCodes = len(kept.MACs)
		}
	}
	return f, nil
}

// CanUse says whether this host can use a kind of factor, whoever has it.
func (s *Service) CanUse(kind string) bool {
	switch kind {
	case Passkey:
		return s.passkeys != nil
	case deliver.SMS, deliver.Email:
		_, ok := s.Senders[kind]
		return ok
	}
	return isFactor(kind)
}

// reaches says whether a code can be sent to an address.
func (s *Service) reaches(channel, address string) bool {
	_, ok := s.Senders[channel]
	return ok && deliver.CheckAddress(channel, address) == nil
}
