package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Bounds of what is kept of clients that a session signed in to.
const (
	// maxParties is more than can register by themselves as a rule: a browser that was led
	// through a hundred of them still tells those that count.
	maxParties = 2000
	// partyTime is how long it is remembered: longer than any session that a client
	// should be told of.
	partyTime = 30 * 24 * time.Hour
	// LogoutTime is how long a client is tried to be told.
	LogoutTime = time.Hour
)

// The groups of the logouts that nobody has tried to deliver, in the store: those of the
// operator's clients, and those of clients that registered themselves, of which there may be
// so many that nobody gets to the others.
const (
	Fresh          = "logouts"
	FreshStrangers = "logouts of strangers"
)

// Logout is a session's end that a client is to be told of.
type Logout struct {
	Client    string `json:"client"`
	SessionID string `json:"session_id"`
	UserID    string `json:"user_id"`
}

// Party is a client that a session signed in to.
type Party struct {
	Client string `json:"client"`
	// Registered: it registered itself.
	Registered bool `json:"registered,omitzero"`
}

// fresh is the group of its logouts.
func (p Party) fresh() string {
	if p.Registered {
		return FreshStrangers
	}
	return Fresh
}

func partiesOf(sessionID string) string { return "parties:" + sessionID }

// partyID is the same for the same session and client.
func partyID(sessionID, client string) string {
	sum := sha256.Sum256([]byte(sessionID + "\x00" + client))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Join remembers that a session signed in to a client, which is told when it ends.
func (s *Store) Join(ctx context.Context, sessionID string, p Party) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("join session: %w", err)
	}
	r := store.Record{Kind: store.Party, ID: partyID(sessionID, p.Client)}
	if before, err := s.Artifacts.Get(ctx, r.Kind, r.ID); err == nil {
		r = before
	}
	r.Group, r.Data, r.ExpiresAt = partiesOf(sessionID), data, s.now().Add(partyTime)
	// A conflict is another login at the same client, which has just done the same.
	if _, err := s.Artifacts.Put(ctx, r); err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("join session: %w", err)
	}
	return nil
}

// Parties are the clients that a session signed in to, of those that are told of its end;
// at most 2000.
func (s *Store) Parties(ctx context.Context, sessionID string) ([]Party, error) {
	records, err := s.Artifacts.Group(ctx, store.Party, partiesOf(sessionID), maxParties)
	if err != nil {
		return nil, fmt.Errorf("list the clients of a session: %w", err)
	}
	parties := make([]Party, 0, len(records))
	for _, r := range records {
		var p Party
		if err := store.Decode(r.Data, &p); err != nil {
			return nil, fmt.Errorf("read the clients of a session: %w", err)
		}
		parties = append(parties, p)
	}
	return parties, nil
}

// announce keeps for each client of a session that is about to end that it is to be told.
// A host does that by itself: whoever ends the session does not wait, and may be another
// process.
func (s *Store) announce(ctx context.Context, stored store.Record) error {
	var data record
	if err := store.Decode(stored.Data, &data); err != nil {
		return nil // nobody can have joined what can't be read
	}
	sid := data.sessionID(stored)
	parties, err := s.Parties(ctx, sid)
	if err != nil {
		return err
	}
	for _, p := range parties {
		text, err := json.Marshal(Logout{Client: p.Client, SessionID: sid, UserID: data.UserID})
		if err != nil {
			return fmt.Errorf("announce the end of a session: %w", err)
		}
		_, err = s.Artifacts.Put(ctx, store.Record{
			Kind: store.Logout, ID: partyID(sid, p.Client), Group: p.fresh(), Data: text, ExpiresAt: s.now().Add(LogoutTime),
		})
		if err != nil && !errors.Is(err, store.ErrConflict) { // it is announced already
			return fmt.Errorf("announce the end of a session: %w", err)
		}
	}
	if len(parties) == 0 {
		return nil
	}
	if _, err := s.Artifacts.DeleteGroup(ctx, partiesOf(sid)); err != nil {
		return fmt.Errorf("announce the end of a session: %w", err)
	}
	return nil
}

// take ends a session, and announces that.
func (s *Store) take(ctx context.Context, stored store.Record) error {
	// Before it ends: who is told too early signs in again, who is not told never ends.
	if err := s.announce(ctx, stored); err != nil {
		return err
	}
	_, err := s.Artifacts.Take(ctx, store.Session, stored.ID)
	return err
}
