package upstream

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// waitTime is how long a user may take at the provider.
const waitTime = 15 * time.Minute

// Waiting keeps the logins that are under way at providers, each for the one run that
// began it. It is safe for concurrent use.
type Waiting struct {
	Artifacts store.Artifacts
	Sealer    *store.Sealer
	Now       func() time.Time
}

// kept is a login as it is stored, with what the browser brought back.
type kept struct {
	Pending
	Answer *Answer `json:"answer,omitzero"`
}

// signpost leads from a state to the run.
type signpost struct {
	Run      string `json:"run"`
	Provider string `json:"provider"`
}

// Keep keeps a login that a run has begun, in place of one that it began before.
func (w *Waiting) Keep(ctx context.Context, run string, p *Pending) error {
	if _, err := w.Artifacts.Take(ctx, store.Ceremony, waitingID(run)); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("drop the upstream login before: %w", err)
	}
	if err := w.put(ctx, run, kept{Pending: *p}, 0); err != nil {
		return err
	}
	data, err := json.Marshal(signpost{Run: run, Provider: p.Provider})
	if err != nil {
		return fmt.Errorf("keep upstream login: %w", err)
	}
	_, err = w.Artifacts.Put(ctx, store.Record{
		Kind: store.Ceremony, ID: stateID(p.State), Group: run, Data: data, ExpiresAt: w.Now().Add(waitTime),
	})
	if err != nil {
		return fmt.Errorf("keep upstream login: %w", err)
	}
	return nil
}

func (w *Waiting) put(ctx context.Context, run string, k kept, version int64) error {
	plain, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("keep upstream login: %w", err)
	}
	id := waitingID(run)
	_, err = w.Artifacts.Put(ctx, store.Record{
		Kind: store.Ceremony, ID: id, Group: run, Version: version,
		Data: w.Sealer.Seal(string(store.Ceremony), id, plain), ExpiresAt: w.Now().Add(waitTime),
	})
	if err != nil {
		return fmt.Errorf("keep upstream login: %w", err)
	}
	return nil
}

// Find is the run that sent a state to a provider, or store.ErrNotFound: also for a
// state that went to another provider.
func (w *Waiting) Find(ctx context.Context, provider, state string) (run string, err error) {
	r, err := w.Artifacts.Get(ctx, store.Ceremony, stateID(state))
	if err != nil {
		return "", err
	}
	var s signpost
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return "", fmt.Errorf("read the state's run: %w", err)
	}
	if s.Provider != provider {
		return "", store.ErrNotFound
	}
	return s.Run, nil
}

// Bring adds the answer to the login that waits for it, once. store.ErrNotFound: none
// does, or for another state.
func (w *Waiting) Bring(ctx context.Context, run, state string, a Answer) error {
	r, err := w.Artifacts.Get(ctx, store.Ceremony, waitingID(run))
	if err != nil {
		return err
	}
	k, err := w.open(r)
	if err != nil {
		return err
	}
	if k.Answer != nil || subtle.ConstantTimeCompare([]byte(k.State), []byte(state)) != 1 {
		return store.ErrNotFound
	}
	k.Answer = &a
	return w.put(ctx, run, *k, r.Version)
}

// Take ends the waiting: of any number of callers one gets the login. The answer is nil
// when none was brought. store.ErrNotFound: nothing waits.
func (w *Waiting) Take(ctx context.Context, run string) (*Pending, *Answer, error) {
	r, err := w.Artifacts.Take(ctx, store.Ceremony, waitingID(run))
	if err != nil {
		return nil, nil, err
	}
	k, err := w.open(r)
	if err != nil {
		return nil, nil, err
	}
	return &k.Pending, k.Answer, nil
}

func (w *Waiting) open(r store.Record) (*kept, error) {
	plain, err := w.Sealer.Open(string(store.Ceremony), r.ID, r.Data)
	if err != nil {
		return nil, fmt.Errorf("open upstream login: %w", err)
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return nil, fmt.Errorf("open upstream login: %w", err)
	}
	return &k, nil
}

func waitingID(run string) string { return run + ":upstream" }

func stateID(state string) string { return "upstream_state:" + store.Key(state) }
