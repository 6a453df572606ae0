package expr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
)

// Program is a compiled expression. It is immutable: any number of logins may
// evaluate it at once.
type Program struct {
	source  string
	program cel.Program
	reads   []string
	kind    string
}

// Compile checks an expression and makes it ready to be evaluated. The error
// says where and what on one line, as "1:7: undefined field 'nam'"; lines and
// columns count from 1.
func Compile(src string) (*Program, error) {
	if len(src) > MaxSource {
		return nil, fmt.Errorf("1:1: the expression has %d bytes, %d are allowed", len(src), MaxSource)
	}
	env, err := environment()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(pasteMosaic(src))
	if err := issues.Err(); err != nil {
		return nil, oneLine(issues.Errors())
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost))
	if err != nil {
		return nil, fmt.Errorf("1:1: %w", err)
	}
	return &Program{source: src, program: program, reads: varsRead(ast.NativeRep().Expr()), kind: kindOf(ast.OutputType())}, nil
}

// String is the expression as it was written.
func (p *Program) String() string { return p.source }

// VarsRead lists the journey's variables that the expression reads by name, as
// vars.x or vars["x"], sorted. Asking has(vars.x) is no read; a name that is only
// known at run time is not in the list.
func (p *Program) VarsRead() []string { return p.reads }

// Eval gives the expression's value as JSON has it: string, bool, int64, float64,
// []any, map[string]any or nil; a timestamp or duration as cel's text for it. A
// missing variable or key, a cost over the limit, or a value that JSON does not
// have is an error. The text of an error may quote values: it is for the operator.
func (p *Program) Eval(env Env) (any, error) {
	value, _, err := p.program.Eval(env.bindings())
	if err != nil {
		return nil, errors.New(singleLine(err.Error()))
	}
	return plainValue(value)
}

// maxErrors is how many of a wrong expression's errors are reported: what
// follows is mostly the parser finding its feet again.
const maxErrors = 3

func oneLine(errs []*common.Error) error {
	parts := make([]string, 0, maxErrors)
	for _, e := range errs[:min(len(errs), maxErrors)] {
		parts = append(parts, fmt.Sprintf("%d:%d: %s", e.Location.Line(), max(1, e.Location.Column()+1), singleLine(e.Message)))
	}
	return errors.New(strings.Join(parts, "; "))
}

func singleLine(s string) string { return strings.Join(strings.Fields(s), " ") }
