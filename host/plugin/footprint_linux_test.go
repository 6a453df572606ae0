package plugin_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
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

// runDelay is how long the process's threads have waited for a processor so far.
func runDelay() (total time.Duration) {
	list, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0
	}
	for _, d := range list {
		text, err := os.ReadFile("/proc/self/task/" + d.Name() + "/schedstat")
		if err != nil {
			continue // the thread has ended
		}
		var ran, waited time.Duration
		if _, err := fmt.Sscan(string(text), &ran, &waited); err == nil {
			total += waited
		}
	}
	return total + stolen()
}

// stolen is how long other machines had this one's processors so far, where it can tell: the
// eighth figure of /proc/stat, in hundredths of a second.
func stolen() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	var cpu string
	var user, nice, system, idle, iowait, irq, softirq, steal time.Duration
	if _, err := fmt.Sscan(string(text), &cpu, &user, &nice, &system, &idle, &iowait, &irq, &softirq, &steal); err != nil {
		return 0
	}
	return steal * 10 * time.Millisecond
}
