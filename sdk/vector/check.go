package vector

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Diff is how what came differs from what was expected, line by line: "-" before what is
// missing, "+" before what is too much. Empty: not at all.
type Diff string

// Check runs the vector on a module once. The error is a call that could not be made.
func (v Vector) Check(ctx context.Context, m Module) (Diff, error) {
	step, err := v.stepType(m)
	if err != nil {
		return "", err
	}
	input, err := v.Document(step)
	if err != nil {
		return "", err
	}
	s := &script{calls: v.Calls}
	got, err := m.Call(ctx, input, s.answer)
	if err != nil {
		return "", fmt.Errorf("call the step: %w", err)
	}
	return v.compare(got, s.asked)
}

// stepType is the step type that is called. Where the vector names it, the module need not
// say what it has: one without a manifest can be tested too.
func (v Vector) stepType(m Module) (string, error) {
	if v.Step != "" {
		return v.Step, nil
	}
	manifest, err := m.Manifest()
	if err != nil {
		return "", fmt.Errorf("the vector names no step, and the module doesn't say which it has: %w", err)
	}
	names := slices.Sorted(maps.Keys(manifest.Steps))
	if len(names) == 1 {
		return names[0], nil
	}
	return "", fmt.Errorf("the vector names no step, and the module has %d: %s", len(names), strings.Join(names, ", "))
}

// compare lays what was expected beside what came, each as one document.
func (v Vector) compare(got Answer, asked []Call) (Diff, error) {
	want, have := map[string]any{}, map[string]any{}
	put := func(document map[string]any, name string, value any, is bool) {
		if is {
			document[name] = value
		}
	}
	put(want, "output", v.Output, v.Error == nil)
	put(have, "output", got.Output, got.Fault == nil)
	put(want, "error", v.fault(got.Fault), v.Error != nil)
	put(have, "error", got.Fault, got.Fault != nil)
	put(want, "logs", v.Logs, v.Logs != nil)
	put(have, "logs", notNil(got.Logs), v.Logs != nil)
	// An error is told with the log: there is what the step said before it.
	surprise := got.Fault != nil && v.Error == nil
	put(have, "log before the error", got.Logs, surprise && v.Logs == nil && len(got.Logs) > 0)
	put(want, "calls", v.shownCalls(asked), len(v.Calls)+len(asked) > 0)
	put(have, "calls", shown(asked), len(v.Calls)+len(asked) > 0)
	return difference(want, have)
}

func notNil(lines []Line) []Line {
	if lines == nil {
		return []Line{}
	}
	return lines
}

// fault is the error that is expected, with what is not compared taken from what came.
func (v Vector) fault(got *Fault) Fault {
	if v.Error == nil || got == nil {
		if v.Error == nil {
			return Fault{}
		}
		return *v.Error
	}
	want := *v.Error
	if want.Class == "" || slices.Contains(strings.Split(want.Class, "|"), got.Class) {
		want.Class = got.Class
	}
	if want.Code == "" {
		want.Code = got.Code
	}
	if want.Message == "" {
		want.Message = got.Message
	}
	return want
}

// shownCall is a call as a difference shows it.
type shownCall struct {
	Capability string          `json:"capability"`
	Request    json.RawMessage `json:"request,omitempty"`
}

func shown(calls []Call) []shownCall {
	list := []shownCall{}
	for _, c := range calls {
		list = append(list, shownCall{c.Capability, c.Request})
	}
	return list
}

// shownCalls are the calls that are expected, with any request that is not compared
// taken from what came.
func (v Vector) shownCalls(asked []Call) []shownCall {
	list := shown(v.Calls)
	for i := range list {
		if len(list[i].Request) == 0 && i < len(asked) {
			list[i].Request = asked[i].Request
		}
	}
	return list
}
