package plugin

import (
	"context"
	"runtime"
)

// slots bound how many guests run at once: one for each processor. More would only
// starve each other until their time is over, and a crowd of logins would end in
// timeouts that are no guest's fault. A call's time begins when it has its slot.
type slots chan struct{}

func newSlots() slots { return make(slots, runtime.GOMAXPROCS(0)) }

// take waits for a slot as long as ctx lasts.
func (s slots) take(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s slots) give() { <-s }

// lend gives the slot away while do waits for somebody else, and takes one again.
func (s slots) lend(do func()) {
	s.give()
	defer func() { s <- struct{}{} }()
	do()
}
