package host

import (
	"context"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// journeys runs the journeys of one release. It satisfies login.Journeys.
type journeys struct {
	release *journey.Release
	engine  *journey.Engine
	titles  map[string]string // by journey
}

// Start begins a run.
func (j *journeys) Start(ctx context.Context, s journey.StartRequest) (*journey.Run, error) {
	return j.engine.Start(ctx, j.release, s)
}

// Advance goes on with a run that began on this release; one of another release
// ends with login.ErrReleaseGone.
func (j *journeys) Advance(ctx context.Context, run *journey.Run, a *journey.Answer) error {
	if run.Release != j.release.ID() {
		return login.ErrReleaseGone
	}
	return j.engine.Advance(ctx, j.release, run, a)
}

// Title is what the run's pages are headed with.
func (j *journeys) Title(run *journey.Run) string { return j.titles[run.Journey] }

// subjects finds users as steps see them. It satisfies login.Users.
type subjects struct {
	users  store.Users
	claims func(store.User) map[string]any
}

// Subject is the user with this id; store.ErrNotFound also for one who may not
// sign in.
func (s subjects) Subject(ctx context.Context, id string) (*abi.Subject, error) {
	u, err := s.users.User(ctx, id)
	if err != nil {
		return nil, err
	}
	if u.Disabled {
		return nil, store.ErrNotFound
	}
	return &abi.Subject{ID: u.ID, Username: u.Name, Claims: s.claims(u)}, nil
}
