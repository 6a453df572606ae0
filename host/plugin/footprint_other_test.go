//go:build !linux

package plugin_test

import (
	"runtime"
	"testing"
)

// footprint is the bytes of heap that are in use; the rest can't be told here.
func footprint(t testing.TB) (heap, resident, maps int) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int(s.HeapAlloc), 0, 0
}
