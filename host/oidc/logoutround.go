package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// Bounds of one round of logouts.
const (
	// logoutRound is how long after its beginning a round still begins to tell somebody: those
	// who have signed out meanwhile wait for its end.
	logoutRound = 5 * time.Second
	// logoutsOfOne is how many one client is told of at once: one that does not answer, each
	// time for as long as a fetch may take, has no more than these places.
	logoutsOfOne = 2
	// logoutsRead is how many are looked at, of those that were tried and of the others.
	logoutsRead = 1000
)

// logoutLine is where logouts wait. Those of clients that registered themselves wait by
// themselves: however many there are and however slow they are, the operator's are told.
type logoutLine struct {
	fresh, tried string // groups in the store
	atOnce       int    // how many are told at once
}

func logoutLines() []logoutLine {
	return []logoutLine{{session.Fresh, "logouts tried", 16}, {session.FreshStrangers, "logouts of strangers tried", 8}}
}

// DeliverLogouts tells the clients whose users have signed out since (OpenID Connect
// Back-Channel Logout 1.0, 2.5), and those again who could not be told before. It is to be
// called again and again; any number of hosts may. Nobody waits for it: it is done after ten
// seconds at most, whoever does not answer, and what is left is for the next round.
func (p *Provider) DeliverLogouts(ctx context.Context) error {
	lines := logoutLines()
	faults := make([]error, len(lines))
	var wg sync.WaitGroup
	for i, line := range lines {
		wg.Go(func() { faults[i] = p.deliverLine(ctx, line) })
	}
	wg.Wait()
	return errors.Join(faults...)
}

// deliverLine has the clients of a line take turns: who waits for a place gets it before who
// had one (the order of a channel), so that each client is told of something.
func (p *Provider) deliverLine(ctx context.Context, line logoutLine) error {
	due, err := p.dueLogouts(ctx, line)
	if err != nil {
		return err
	}
	begin, cancel := context.WithTimeout(ctx, logoutRound)
	defer cancel()
	places := make(chan struct{}, line.atOnce)
	var wg sync.WaitGroup
	for _, tasks := range due {
		for first := range min(logoutsOfOne, len(tasks)) {
			wg.Go(func() {
				for i := first; i < len(tasks) && begin.Err() == nil; i += logoutsOfOne {
					p.deliverInTurn(ctx, begin, places, tasks[i])
				}
			})
		}
	}
	wg.Wait()
	return nil
}

func (p *Provider) deliverInTurn(ctx, begin context.Context, places chan struct{}, task logoutTask) {
	select {
	case <-begin.Done():
		return
	case places <- struct{}{}:
	}
	defer func() { <-places }()
	if err := p.deliverLogout(ctx, task); err != nil && ctx.Err() == nil {
		p.Log.ErrorContext(ctx, "logout not delivered", "error", err)
	}
}

// dueLogouts are the logouts of a line that are to be told now, by client.
func (p *Provider) dueLogouts(ctx context.Context, line logoutLine) (map[string][]logoutTask, error) {
	due, now := map[string][]logoutTask{}, p.Now()
	for _, group := range []string{line.fresh, line.tried} {
		found, err := p.Artifacts.Group(ctx, store.Logout, group, logoutsRead)
		if err != nil {
			return nil, fmt.Errorf("list logouts: %w", err)
		}
		for _, r := range found {
			task := logoutTask{record: r, line: line}
			if err := json.Unmarshal(r.Data, &task); err != nil {
				p.Log.ErrorContext(ctx, "logout not delivered", "error", fmt.Errorf("read logout: %w", err))
				continue
			}
			if !now.Before(task.Due) {
				due[task.Client] = append(due[task.Client], task)
			}
		}
	}
	return due, nil
}
