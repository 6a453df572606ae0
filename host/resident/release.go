package resident

import (
	"runtime"
	"runtime/debug"
)

// Release gives back what can be had again. It takes some milliseconds of a processor,
// and what runs next some hundred microseconds more: it is for when nothing is going on.
func Release() {
	runtime.GC() // what has a finalizer is free for the second time
	debug.FreeOSMemory()
	dropProgram()
}
