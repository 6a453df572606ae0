package host

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// unmapProgram lets go of those pages of the program's own file that were only needed to
// start, half of all. The kernel maps them again, from the file, when they are touched.
// Only what can't be written to and never was is let go of: what differs from the file,
// as where a loader relocated it, would be lost.
func unmapProgram() {
	program, err := os.Executable()
	if err != nil {
		return
	}
	list, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer list.Close()
	var start, end uintptr
	for lines := bufio.NewScanner(list); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch {
		case name == "Anonymous" && strings.TrimSpace(value) == "0 kB" && end > start:
			// Where it fails, they stay.
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED)
		case strings.HasSuffix(lines.Text(), " "+program):
			start, end = readOnly(lines.Text())
		case strings.Contains(name, "-"):
			start, end = 0, 0
		}
	}
}

// readOnly is where a mapping lies, by its line in smaps, or nothing if it can be written
// to or others see what is written.
func readOnly(line string) (start, end uintptr) {
	var rights string
	if _, err := fmt.Sscanf(line, "%x-%x %s", &start, &end, &rights); err != nil || strings.Contains(rights, "w") || !strings.HasSuffix(rights, "p") {
		return 0, 0
	}
	return start, end
}
