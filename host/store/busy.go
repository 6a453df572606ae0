package store

import (
	"context"
	"errors"
	"time"
)

// ErrBusy says that others had the store for longer than anybody waits for it. Nothing was
// changed.
var ErrBusy = errors.New("the store is busy")

// BusyTime is how long those should stay away who came when the store was busy.
const BusyTime = 5 * time.Second

// Busy says of an error that there was no time, and no more: the store had none, or that of
// the caller's context was over. The same may succeed when less is going on. It is the one
// place that tells this from a failure, for all who answer requests.
func Busy(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, context.DeadlineExceeded)
}
