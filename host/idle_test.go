package host

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestMemoryIsGivenBackWhenNobodyAsks counts how often it is: once after the start,
// and once after each time that somebody asked, when some time has passed in quiet.
func TestMemoryIsGivenBackWhenNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var i idle
		var released atomic.Int32
		go i.watch(ctx, func() { released.Add(1) })
		after := func(d time.Duration, want int32, when string) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if n := released.Load(); n != want {
				t.Errorf("%s memory was given back %d times, want %d", when, n, want)
			}
		}
		i.asked()
		after(startedAfter, 1, "after the start")
		after(10*idleAfter, 2, "after what was asked during the start")
		for range 5 {
			i.asked()
			after(idleAfter, 2, "while somebody asks")
		}
		after(idleAfter, 3, "after quiet")
		after(time.Hour, 3, "in a quiet hour")
	})
}
