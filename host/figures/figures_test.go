package figures_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/figures"
)

// Columns line up by characters, and nothing stands behind a row that ends early.
func TestTable(t *testing.T) {
	var table figures.Table
	table.Add("logins", "ms", "MiB")
	table.Add("  größer", "12.5", "7")
	table.Add("a group")
	var out strings.Builder
	table.Print(&out)
	want := "logins      ms  MiB\n" +
		"  größer  12.5    7\n" +
		"a group\n\n"
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestMachine(t *testing.T) {
	m := figures.ThisMachine()
	if m.CPU == "" || m.Cores < 1 || !strings.Contains(m.OS, "/") || !strings.HasPrefix(m.String(), m.CPU+", ") || !strings.HasSuffix(m.String(), m.Go) {
		t.Errorf("%+v: %s", m, m)
	}
}
