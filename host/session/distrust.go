package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// distrustTime is how long it is remembered that what was verified of a user before a
// moment does not count any more: no login is under way for longer.
const distrustTime = 24 * time.Hour

// distrusted is that moment.
type distrusted struct {
	At  time.Time `json:"at"`
	Run string    `json:"run"` // the one in which it came to that; empty: none
}

// Distrust ends all of a user's sessions but the one with a key, and with them every
// login under way: what was verified in it before this moment does not count, but in
// the run that is named. It is for when a password or a factor is no longer what it was.
func (s *Store) Distrust(ctx context.Context, userID, keep, run string) (ended int, err error) {
	data, err := json.Marshal(distrusted{At: s.now(), Run: run})
	if err != nil {
		return 0, fmt.Errorf("distrust: %w", err)
	}
	const attempts = 5
	for range attempts {
		r := store.Record{Kind: store.Distrusted, ID: userID}
		if before, err := s.Artifacts.Get(ctx, r.Kind, userID); err == nil {
			r = before
		}
		r.Data, r.ExpiresAt = data, s.now().Add(distrustTime)
		if _, err = s.Artifacts.Put(ctx, r); !errors.Is(err, store.ErrConflict) {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("distrust: %w", err)
	}
	return s.EndOthers(ctx, userID, keep)
}

// Trusted says whether what was verified in a run still counts. What came from a session
// is the session's affair.
func (s *Store) Trusted(ctx context.Context, run *journey.Run) (bool, error) {
	if run.Subject == nil || len(run.Evid) == 0 {
		return true, nil
	}
	r, err := s.Artifacts.Get(ctx, store.Distrusted, run.Subject.ID)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for distrust: %w", err)
	}
	var d distrusted
	if err := store.Decode(r.Data, &d); err != nil {
		return false, fmt.Errorf("read distrust: %w", err)
	}
	for _, e := range run.Evid {
		if !e.Session && e.At.Before(d.At.Truncate(time.Millisecond)) && run.ID != d.Run {
			return false, nil
		}
	}
	return true, nil
}
