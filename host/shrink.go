package host

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

// shrinkAfter is when a host that was just opened has done what it does once.
const shrinkAfter = time.Second

// shrink gives back what loading plugins took, which is several times what serving
// does. What has a finalizer is free for the second time.
func shrink(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(shrinkAfter):
		runtime.GC()
		debug.FreeOSMemory()
		unmapProgram()
	}
}
