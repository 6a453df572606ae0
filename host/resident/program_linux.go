package resident

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dropProgram takes the program's own pages out of the process. Of a private mapping that
// can't be written to, and where nothing was, they are what the file holds: the kernel has
// them in its page cache, and brings back those that are touched again; data, which is
// read here and there, not 2 MiB at once. Where that can't be done, they stay.
func dropProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, m := range droppable(maps, program) {
		if !m.code {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_NOHUGEPAGE)
		}
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct {
	from, to uintptr
	code     bool
}

// droppable gives the mappings of the file, of a list as in proc_pid_smaps(5), that can't be
// written to by anybody and never were: a loader that moves a program writes to what it then
// protects, and that would be lost.
func droppable(smaps io.Reader, file string) (list []mapping) {
	var m mapping
	ok := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch {
		case ok && name == "Anonymous" && strings.TrimSpace(value) == "0 kB":
			list = append(list, m)
		case strings.Contains(name, "-"):
			m, ok = readOnly(lines.Text(), file)
		}
	}
	return list
}

// readOnly reads the first line of a mapping.
func readOnly(line, file string) (m mapping, ok bool) {
	if !strings.HasSuffix(line, " "+file) {
		return mapping{}, false
	}
	var mode string
	if _, err := fmt.Sscanf(line, "%x-%x %s", &m.from, &m.to, &mode); err != nil || m.from >= m.to || len(mode) != 4 {
		return mapping{}, false
	}
	m.code = mode[2] == 'x'
	return m, mode[1] == '-' && mode[3] == 'p'
}
