package hosttest

import (
	"sync/atomic"
	"time"
)

// Clock is a provider's clock that stands still until a test moves it. It begins at
// the real time: relying parties have a clock of their own.
type Clock struct {
	start time.Time
	ahead atomic.Int64
}

// NewClock is a clock that stands at this very second.
func NewClock() *Clock { return &Clock{start: time.Now().Truncate(time.Second)} }

// Now is the time that it shows.
func (c *Clock) Now() time.Time { return c.start.Add(time.Duration(c.ahead.Load())) }

// Advance moves it.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
