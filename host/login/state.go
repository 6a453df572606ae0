package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

// state is a run with all that belongs to it, as it is stored.
type state struct {
	Run      *journey.Run `json:"run"`
	Browser  string       `json:"browser"`  // key of the browser's secret
	Sequence int          `json:"sequence"` // of the prompt that is shown; each new one counts up
	// BusyUntil is the end of the claim of the request that runs steps; zero: free.
	BusyUntil time.Time `json:"busy_until,omitzero"`
	Done      *done     `json:"done,omitzero"` // the run was finished

	For        string          `json:"for"` // who finishes it
	Client     string          `json:"client,omitzero"`
	About      page.About      `json:"about,omitzero"`
	FormTarget string          `json:"form_target,omitzero"`
	Resume     json.RawMessage `json:"resume,omitzero"`
	HadSession bool            `json:"had_session,omitzero"`

	id      string
	version int64
}

// done is how a run was finished.
type done struct {
	At time.Time `json:"at"`
	// Answer is sealed: there is a code in it, and a session's cookie. Empty when
	// the run could not be finished.
	Answer []byte `json:"answer,omitzero"`
}

const runPrefix = "r_"

// newRunID makes an id of 130 bits. It is no secret, since steps and even tokens
// may show it: what protects a run is the browser that it is bound to.
func newRunID(now time.Time) string { return runPrefix + store.Near(now, rand.Text()) }

// isRunID also takes an id of before they began with the time.
func isRunID(id string) bool {
	rest, ok := strings.CutPrefix(id, runPrefix)
	stamp := len(rest) - secretSize
	return ok && (stamp == 0 || stamp == len(store.Near(time.Time{}, ""))) && isBase32(rest)
}

func (s *state) busy(now time.Time) bool { return now.Before(s.BusyUntil) }

// own loads the run that a request is about, if it is its browser's.
func (f *Flow) own(r *http.Request) (*state, error) { return f.ownRun(r, chi.URLParam(r, "run")) }

func (f *Flow) ownRun(r *http.Request, id string) (*state, error) {
	browser, ok := f.browserOf(r)
	if !ok || !isRunID(id) {
		return nil, notHere(errors.New("no browser cookie, or no run's address"))
	}
	s, err := f.load(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(s.Browser), []byte(store.Key(browser))) != 1 {
		return nil, notHere(errors.New("the run belongs to another browser"))
	}
	return s, nil
}

func (f *Flow) load(ctx context.Context, id string) (*state, error) {
	stored, err := f.Store.Get(ctx, store.Run, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notHere(errors.New("there is no such run"))
	}
	if err != nil {
		return nil, fmt.Errorf("load run: %w", err)
	}
	s := &state{id: id, version: stored.Version}
	if err := store.Decode(stored.Data, s); err != nil {
		return nil, fmt.Errorf("read run %s: %w", id, err)
	}
	return s, nil
}

// save stores a state over the one that it was loaded as. When somebody else has
// stored another since, it is store.ErrConflict.
func (f *Flow) save(ctx context.Context, s *state) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("store run %s: %w", s.id, err)
	}
	s.version, err = f.Store.Put(ctx, store.Record{
		Kind: store.Run, ID: s.id, Data: data, Version: s.version,
		ExpiresAt: s.Run.Deadline.Add(GraceTime),
	})
	if err != nil {
		return fmt.Errorf("store run %s: %w", s.id, err)
	}
	return nil
}
