package host

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// unmapProgram lets go of those pages of the program's own file that were only needed to
// start, half of all. The kernel maps them again, from the file, when they are touched;
// data that is read here and there, such as the tables of the collector, not 2 MiB at once.
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
	var m mapping
	for lines := bufio.NewScanner(list); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch {
		case name == "Anonymous" && strings.TrimSpace(value) == "0 kB":
			m.letGo()
		case strings.Contains(name, "-"):
			m = mapping{}
			if strings.HasSuffix(lines.Text(), " "+program) {
				m = mappingOf(lines.Text())
			}
		}
	}
}

// mapping is a piece of address space.
type mapping struct {
	start, end uintptr
	rights     string // as "r-xp"
}

// mappingOf reads the first line of a mapping in smaps.
func mappingOf(line string) (m mapping) {
	if _, err := fmt.Sscanf(line, "%x-%x %s", &m.start, &m.end, &m.rights); err != nil {
		return mapping{}
	}
	return m
}

// letGo unmaps the pages of a private mapping that can't be written to. Where that fails,
// they stay.
func (m mapping) letGo() {
	advise := func(advice uintptr) { _, _, _ = unix.Syscall(unix.SYS_MADVISE, m.start, m.end-m.start, advice) }
	switch m.rights {
	case "r--p":
		advise(unix.MADV_NOHUGEPAGE)
		advise(unix.MADV_DONTNEED)
	case "r-xp":
		advise(unix.MADV_DONTNEED)
	}
}
