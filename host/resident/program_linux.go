package resident

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dropProgram takes the program's own pages out of the process. They are read-only and
// private, so they are what the file holds: the kernel has them in its page cache, and
// brings back those that are touched again. Where that can't be done, they stay.
func dropProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if from, to, ok := readOnly(lines.Text(), program); ok {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED)
		}
	}
}

// readOnly gives the range of a mapping, a line of proc_pid_maps(5), if it is one of the
// file that can't be written to by anybody: what was written would be lost.
func readOnly(line, file string) (from, to uintptr, ok bool) {
	if !strings.HasSuffix(line, " "+file) {
		return 0, 0, false
	}
	var mode string
	if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil || from >= to {
		return 0, 0, false
	}
	return from, to, len(mode) == 4 && mode[1] == '-' && mode[3] == 'p'
}
