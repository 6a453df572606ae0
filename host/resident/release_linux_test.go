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
		if _, got := readOnly(c.line, program); got != c.want {
			t.Errorf("%q: %t, want %t", c.line, got, c.want)
		}
	}
	list := "00400000-014dd000 r-xp 00000000 fe:00 1388 " + program + "\nRss: 4 kB\nAnonymous:             0 kB\n" +
		"014dd000-014de000 r--p 00000000 fe:00 1388 " + program + "\nRss: 4 kB\nAnonymous:             4 kB\n" +
		"7f75-8f75 r--p 00000000 00:00 0\nAnonymous: 0 kB\n"
	got := droppable(strings.NewReader(list), program)
	if len(got) != 1 || got[0] != (mapping{0x400000, 0x14dd000, true}) {
		t.Errorf("droppable are %+v", got)
	}
}
