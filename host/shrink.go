package host

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// shrinkAfter is when a host that was just opened has done what it does once.
	shrinkAfter = time.Second
	// lookEvery is how often shrink looks whether there is anything to give back.
	lookEvery = 5 * time.Second
	// quiet is what a host that serves nobody may allocate between two looks.
	quiet = 1 << 20
)

// shrink gives memory back once the host has started, and whenever it has been busy and
// is quiet again: loading a plugin takes several times what serving does, and a hash of a
// password 19 MiB, which the collector would keep for minutes.
func shrink(ctx context.Context) {
	wait := time.NewTimer(shrinkAfter)
	defer wait.Stop()
	busy := true
	var before uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		switch now := allocated(); {
		case before > 0 && now-before > quiet:
			busy = true
		case busy:
			giveBack()
			busy = false
		}
		before = allocated()
		wait.Reset(lookEvery)
	}
}

// allocated is how many bytes of heap were allocated since the process began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func giveBack() {
	runtime.GC() // what has a finalizer is free for the second time
	debug.FreeOSMemory()
	unmapProgram()
}
