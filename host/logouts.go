package host

import (
	"context"
	"time"
)

// tellLogoutsEvery is how soon clients are told of a logout, whoever ended the session: this
// host, another one, or a command.
const tellLogoutsEvery = time.Second

// tellLogouts tells clients of the sessions that ended, until ctx ends.
func (h *Host) tellLogouts(ctx context.Context) {
	tick := time.NewTicker(tellLogoutsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.provider.Load().DeliverLogouts(ctx); err != nil && ctx.Err() == nil {
				h.options.Log.WarnContext(ctx, "clients not told of logouts", "error", err)
			}
		}
	}
}
