package resident

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestReleaseDropsTheProgramAndItStillRuns(t *testing.T) {
	before := ofFiles(t)
	Release()
	after := ofFiles(t)
	if after >= before {
		t.Errorf("%d KiB of files are resident after Release, %d before", after, before)
	}
	if text := fmt.Sprintf("%s %08.3f", strings.Repeat("x", 3), 1.5); text != "xxx 0001.500" {
		t.Errorf("code that was dropped gives %q", text)
	}
}

// ofFiles is how many KiB of mapped files are resident.
func ofFiles(t *testing.T) (kib int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "RssFile:")
	if _, err := fmt.Sscan(rest, &kib); !found || err != nil {
		t.Skip("this kernel does not tell what is resident of files")
	}
	return kib
}

func TestOnlyTheProgramsOwnReadOnlyPagesAreDropped(t *testing.T) {
	const program = "/usr/bin/a program"
	for _, c := range []struct {
		line string
		want bool
	}{
		{"00400000-014dd000 r-xp 00000000 fe:00 1388                           /usr/bin/a program", true},
		{"014dd000-027dc000 r--p 010dd000 fe:00 1388                           /usr/bin/a program", true},
		{"027dc000-028aa000 rw-p 023dc000 fe:00 1388                           /usr/bin/a program", false},
		{"027dc000-028aa000 r--s 023dc000 fe:00 1388                           /usr/bin/a program", false},
		{"7f75-8f75 r-xp 00000000 fe:00 1388                                   /usr/bin/another", false},
		{"7f75-8f75 r-xp 00000000 00:00 0 ", false},
		{"8f75-7f75 r-xp 00000000 fe:00 1388                                   /usr/bin/a program", false},
		{"not a mapping /usr/bin/a program", false},
		{"", false},
	} {
		if _, _, got := readOnly(c.line, program); got != c.want {
			t.Errorf("%q: %t, want %t", c.line, got, c.want)
		}
	}
	from, to, _ := readOnly("00400000-014dd000 r-xp 00000000 fe:00 1388 "+program, program)
	if from != 0x400000 || to != 0x14dd000 {
		t.Errorf("the range is %x-%x", from, to)
	}
}
