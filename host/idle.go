package host

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// startedAfter is when a host that was just opened has done what it does once: loading
	// plugins takes several times the memory that serving does.
	startedAfter = time.Second
	// idleAfter is how long nobody has asked anything of a host that is idle, at least.
	idleAfter = 15 * time.Second
)

// idle gives memory back when the start is over, and later when nothing is going on.
type idle struct {
	used atomic.Bool // since watch looked last
}

// asked says that there was a request. It writes nothing that other processors read
// where that was said already.
func (i *idle) asked() {
	if !i.used.Load() {
		i.used.Store(true)
	}
}

// watch calls release when it is time to, until ctx ends: soon after the start, and when
// there was no request for a while after there were some.
func (i *idle) watch(ctx context.Context, release func()) {
	held := true // there is something to give back
	for pause := startedAfter; ; pause = idleAfter {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		used := i.used.Swap(false)
		if held && (!used || pause == startedAfter) {
			release()
		}
		held = used
	}
}
