package config

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
)

// Faults are all that is wrong with a configuration, by file and line.
type Faults []journey.Fault

// Error is one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Sort orders the faults by file and line, then by their text, and drops doubles.
func (f Faults) Sort() Faults {
	slices.SortFunc(f, func(a, b journey.Fault) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.Compact(f)
}

// reader collects faults while a configuration is read, so that one run shows all
// of them.
type reader struct {
	faults Faults
	env    func(name string) (string, bool)
	open   func(path string) (fs.File, error)
}

// fault records what is wrong somewhere. The format must not show a secret.
func (r *reader) fault(pos journey.Pos, hint, format string, args ...any) {
	r.faults = append(r.faults, journey.Fault{Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
}
