package factor

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/store"
)

// Item is something that a user proves themselves with, as they are shown it.
type Item struct {
	ID      string    // of the credential; of an address its channel
	Kind    string    // Password, Passkey, …; of an address its channel
	Name    string    // the user's own; of an address most of it hidden
	AddedAt time.Time // of a password: when it was chosen; zero: not known
	UsedAt  time.Time // zero: never, or not known
	Synced  bool      // a passkey that is kept in more than one place
	Left    int       // recovery codes that were not used
	Last    bool      // the user can't do without it
}

// Items are all of a user's, the oldest first, addresses last; ErrNone for no user.
func (s *Service) Items(ctx context.Context, userID string) ([]Item, error) {
	user, err := s.user(ctx, userID)
	if err != nil {
		return nil, err
	}
	all, err := s.Users.Credentials(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	var items []Item
	used := map[string]time.Time{}
	for _, c := range all {
		if isAddress(c.Kind) {
			used[c.Kind] = c.LastUsedAt
		}
		if !isFactor(c.Kind) {
			continue
		}
		i, err := itemOf(c)
		if err != nil {
			return nil, err
		}
		i.Last = s.isLast(user, c.ID, all)
		items = append(items, i)
	}
	for _, a := range []struct{ channel, address string }{{deliver.SMS, user.Phone}, {deliver.Email, user.Email}} {
		if a.address != "" {
			items = append(items, Item{ID: a.channel, Kind: a.channel, Name: deliver.Mask(a.channel, a.address), UsedAt: used[a.channel], Last: s.isLast(user, a.channel, all)})
		}
	}
	return items, nil
}

func itemOf(c store.Credential) (Item, error) {
	i := Item{ID: c.ID, Kind: c.Kind, Name: c.Label, AddedAt: c.CreatedAt, UsedAt: c.LastUsedAt}
	switch c.Kind {
	case Passkey:
		var key webauthn.Credential
		if err := json.Unmarshal(c.Data, &key); err != nil {
			return Item{}, fmt.Errorf("decode passkey %s: %w", c.ID, err)
		}
		i.Synced = key.Flags.BackupState
	case Recovery:
		kept, err := codesOf(c)
		if err != nil {
			return Item{}, err
		}
		i.Left = len(kept.MACs)
	}
	return i, nil
}
