package step

import "runtime/debug"

// reserve is what a module of 32 MiB, the ABI's limit, keeps for its code's data and
// for what the heap can't use of the last piece that it gets.
const reserve = 8 << 20

// A call is short and its instance starts anew after it: collecting garbage would
// cost more than it frees, and change memory that the host restores. So it waits
// until a hungry step nears the limit.
var _ = collectLate()

func collectLate() bool {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(32<<20 - reserve)
	return true
}
