package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestIdleMemory serves the shipped configuration, and demands that it holds less than
// 64 MiB once the start is over.
func TestIdleMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes several times the memory")
	}
	_, server := processOf(t, "../../config.toml")
	var held int
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if held = residentMiB(t, server); held < 64 {
			t.Logf("%d MiB", held)
			return
		}
	}
	t.Errorf("an idle host holds %d MiB, less than 64 are wanted", held)
}

// residentMiB is what a process has in memory.
func residentMiB(t *testing.T, p *process) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "VmRSS:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); !found || err != nil {
		t.Fatalf("no VmRSS in\n%s", text)
	}
	return kib >> 10
}
