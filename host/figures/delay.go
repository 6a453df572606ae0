package figures

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// RunDelay is how long this process's threads have waited for a processor so far, and the
// machine's processors for theirs: who measures looks at it before and after, and knows whether
// others wanted the machine. Where the system does not tell, it is as if they always did.
func RunDelay() (total time.Duration) {
	files, _ := filepath.Glob("/proc/self/task/*/schedstat") // the pattern is good
	if len(files) == 0 {
		return time.Duration(time.Now().UnixNano())
	}
	for _, file := range files {
		var ran, waited time.Duration
		if text, err := os.ReadFile(file); err == nil {
			if _, err := fmt.Sscan(string(text), &ran, &waited); err == nil {
				total += waited
			}
		}
	}
	return total + stolen()
}

// stolen is how long other machines had this one's processors so far: the eighth figure of
// /proc/stat (proc_stat(5)), in hundredths of a second.
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
