package plugin_test

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// footprint is what the process holds, after all that can be given back was: bytes of
// heap, bytes in memory, and mappings.
func footprint(t testing.TB) (heap, resident, maps int) {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	list, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return int(s.HeapAlloc), status(t, "VmRSS"), bytes.Count(list, []byte("\n"))
}
