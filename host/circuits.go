package host

import (
	"context"
	"log/slog"
	"time"

	"github.com/acrhost/acrhost/host/metrics"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/store"
)

// The types of the audit events of circuit breakers.
const (
	circuitOpened = "plugin.circuit_open"
	circuitClosed = "plugin.circuit_closed"
)

// circuits tells of plugins that are left alone because they kept failing, and of those
// that work again: the log and the metrics at once, the audit log in the background. No
// login waits for it, and none fails with it.
type circuits struct {
	log     *slog.Logger
	metrics *metrics.Metrics
	waiting chan store.Event
}

func newCircuits(log *slog.Logger, m *metrics.Metrics) *circuits {
	return &circuits{log: log, metrics: m, waiting: make(chan store.Event, 64)}
}

// tell is plugin.Config.OnBreaker.
func (c *circuits) tell(e plugin.BreakerEvent) {
	event := auditOf(e, time.Now())
	log := c.log.With("plugin", e.Plugin, "digest", e.Digest, "failures", e.Failures, "class", e.Class, "message", e.Message)
	if e.Open {
		c.metrics.CircuitOpened(e.Plugin)
		log.Error("plugin left alone: it keeps failing", "until", e.Until)
	} else {
		log.Warn("plugin answers again")
	}
	select {
	case c.waiting <- event:
	default:
		c.log.Error("audit event lost: too many wait", "event", event.Type, "plugin", e.Plugin)
	}
}

// auditOf holds nothing of a user: whose call it was that failed last means nothing.
func auditOf(e plugin.BreakerEvent, now time.Time) store.Event {
	event := store.Event{At: now.UTC(), Type: circuitClosed, Details: map[string]any{
		"plugin": e.Plugin, "digest": e.Digest, "failures": e.Failures, "class": string(e.Class), "message": e.Message,
	}}
	if e.Open {
		event.Type = circuitOpened
		event.Details["until"] = e.Until.UTC().Format(time.RFC3339)
	}
	return event
}

// keep writes the events until ctx ends, and then those that still wait.
func (c *circuits) keep(ctx context.Context, audit store.Audit) {
	for {
		select {
		case event := <-c.waiting:
			c.write(ctx, audit, event)
		case <-ctx.Done():
			for len(c.waiting) > 0 {
				c.write(ctx, audit, <-c.waiting)
			}
			return
		}
	}
}

// writeTime bounds the writing of one event.
const writeTime = 10 * time.Second

func (c *circuits) write(ctx context.Context, audit store.Audit, event store.Event) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err := audit.AddEvent(ctx, event); err != nil {
		c.log.ErrorContext(ctx, "audit event lost", "event", event.Type, "error", err)
	}
}
