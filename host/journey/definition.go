package journey

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The terminals that an edge may lead to, beside the names of steps. A terminal
// that begins with ErrorPrefix ends the run with that OAuth error code.
const (
	Success     = "@success"
	Failure     = "@failure"
	ErrorPrefix = "@error:"
)

// The outcomes of a step that runs another journey.
const (
	SubSuccess = "success"
	SubFailure = "failure"
)

// Defaults of a definition.
const (
	DefaultMaxVisits = 10
	DefaultTimeout   = 15 * time.Minute
)

// Pos is a place in a configuration file.
type Pos struct {
	File string
	Line int
}

// String is the place as file:line.
func (p Pos) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Fault is one thing that is wrong with a configuration, and what to do about it.
type Fault struct {
	Pos     Pos
	Message string
	Hint    string
}

// Error is the fault on one line, the hint in brackets. What a file or a plugin
// brought into the text can't break the line or reach the terminal's controls.
func (f Fault) Error() string {
	s := f.Message
	if f.Pos != (Pos{}) { // what is kept in a store stands in no file
		s = fmt.Sprintf("%s: %s", f.Pos, s)
	}
	if f.Hint != "" {
		s += " (hint: " + f.Hint + ")"
	}
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, s)
}

// Definition is one journey as it was configured.
type Definition struct {
	Name    string
	Title   string
	Start   string
	Timeout time.Duration
	// InsecureAllowNoEvidence lets @success end a run in which nobody verified
	// anything about the user. For load tests.
	InsecureAllowNoEvidence bool
	Steps                   map[string]*Step
	Pos                     Pos
	Lines                   map[string]Pos // of the members: title, start, timeout
}

// Step is one node of the graph.
type Step struct {
	Name      string
	Use       string         // plugin/type; empty when Journey is set
	Journey   string         // the sub-journey that this step runs
	Config    map[string]any // as in the file: map[string]any, []any, string, int64, float64, bool; {cel = "…"} is an expression
	Next      map[string]string
	OnError   string
	ErrorVar  string
	MaxVisits int
	Pos       Pos
	Lines     map[string]Pos // of the members, dotted: use, next.ok, config.acr, on_error
}

// Line is where a member of the step stands: of the longest known prefix of the
// dotted path, or of the step itself.
func (s *Step) Line(path string) Pos { return line(s.Lines, path, s.Pos) }

// Line is where a member of the journey stands, or the journey itself.
func (d *Definition) Line(path string) Pos { return line(d.Lines, path, d.Pos) }

func line(lines map[string]Pos, path string, fallback Pos) Pos {
	for path != "" {
		if p, ok := lines[path]; ok {
			return p
		}
		cut := len(path) - 1
		for cut >= 0 && path[cut] != '.' {
			cut--
		}
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return fallback
}

// StepType is what the check needs to know of a step type: what its manifest
// says, and the digest of the module that offers it.
type StepType struct {
	abi.StepType
	Digest string // sha256:…
}

// Catalog finds a step type by the name that a step uses, plugin/type.
type Catalog interface {
	StepType(use string) (StepType, bool)
	// Uses lists all names that StepType knows, sorted, for hints.
	Uses() []string
}
