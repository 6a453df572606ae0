package host

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/metrics"
)

// releases runs journeys: a new login begins on the current release, one under
// way ends on the release that it began on. It satisfies login.Journeys.
type releases struct {
	mu      sync.RWMutex
	current *running
	// old are those that logins may still be under way on.
	old []*running
}

// running is a release with the plugins that run its steps.
type running struct {
	release *journey.Release
	engine  *journey.Engine
	titles  map[string]string // by journey
	plugins []*loadedPlugin
	// lasts is how long after it was replaced a login may still be on it.
	lasts time.Duration
	until time.Time // zero while it is the current one
}

// publish makes a release the current one, at once for every new login.
func (r *releases) publish(next *running, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if before := r.current; before != nil {
		before.until = now.Add(before.lasts)
		r.old = append(r.old, before)
	}
	r.current = next
}

// of is the release with this id.
func (r *releases) of(id string) (*running, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.current.release.ID() == id {
		return r.current, true
	}
	i := slices.IndexFunc(r.old, func(on *running) bool { return on.release.ID() == id })
	if i < 0 {
		return nil, false
	}
	return r.old[i], true
}

// states are those of the plugins of the current release.
func (r *releases) states() []metrics.Plugin {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.current == nil {
		return nil
	}
	states := make([]metrics.Plugin, len(r.current.plugins))
	for i, p := range r.current.plugins {
		states[i] = metrics.Plugin{Name: p.name, CircuitOpen: p.module.CircuitOpen()}
	}
	return states
}

// prune closes the plugins of releases that no login can be on any more.
func (r *releases) prune(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	var gone []*running
	r.old = slices.DeleteFunc(r.old, func(on *running) bool {
		if now.Before(on.until) {
			return false
		}
		gone = append(gone, on)
		return true
	})
	r.mu.Unlock()
	var errs []error
	for _, on := range gone {
		errs = append(errs, closePlugins(ctx, on.plugins))
	}
	return errors.Join(errs...)
}

// Start begins a run on the current release.
func (r *releases) Start(ctx context.Context, s journey.StartRequest) (*journey.Run, error) {
	r.mu.RLock()
	on := r.current
	r.mu.RUnlock()
	return on.engine.Start(ctx, on.release, s)
}

// Advance goes on with a run on its own release, or ends with
// login.ErrReleaseGone.
func (r *releases) Advance(ctx context.Context, run *journey.Run, a *journey.Answer) error {
	on, ok := r.of(run.Release)
	if !ok {
		return login.ErrReleaseGone
	}
	return on.engine.Advance(ctx, on.release, run, a)
}

// Title is what the run's pages are headed with.
func (r *releases) Title(run *journey.Run) string {
	if on, ok := r.of(run.Release); ok {
		return on.titles[run.Journey]
	}
	return ""
}
