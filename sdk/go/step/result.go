package step

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Result is what a step answers: an outcome, a prompt, a redirect or an error. The
// zero value is none of them, and an error.
type Result struct {
	out   abi.Output
	fault error // why the document can't be written
}

// Outcome ends the step with one of the outcomes that its type declares.
func Outcome(name string) Result { return Result{out: abi.Output{Outcome: name}} }

// Ask shows a page. The step runs again with the answers in the context's Form.
func Ask(p abi.Prompt) Result { return Result{out: abi.Output{Prompt: &p}} }

// Redirect sends the browser away, to a URL that a capability of this call gave.
func Redirect(url string) Result {
	return Result{out: abi.Output{Redirect: &abi.Redirect{URL: url}}}
}

// Fail is a step error: the journey goes to the step's on_error, or ends. A wrong
// password is none: it is an outcome. The message is for the operator.
func Fail(code, message string) Result {
	return Result{out: abi.Output{Error: &abi.Error{Code: code, Message: message}}}
}

// Failed is the step error for an error of a capability; its code is the status,
// as in upstream_fault.
func Failed(err error) Result {
	return Fail(strings.ReplaceAll(Status(err).String(), " ", "_"), err.Error())
}

// WithACR sets the acr: a string, or a value whose JSON is an object.
func (r Result) WithACR(value any) Result {
	r.out.ACR, r.fault = raw("acr", value, r.fault)
	return r
}

// WithVar sets one of the journey's variables.
func (r Result) WithVar(name string, value any) Result {
	vars := maps.Clone(r.out.Vars)
	if vars == nil {
		vars = map[string]any{}
	}
	vars[name] = value
	r.out.Vars = vars
	return r
}

// WithState keeps something for the time when this step's prompt or redirect is
// answered; Context.ReadState gives it back. The user never sees it.
func (r Result) WithState(value any) Result {
	r.out.State, r.fault = raw("state", value, r.fault)
	return r
}

// WithOutput lets f change the document where the other methods are too few, for
// what only a granted plugin may say: claims, amr, evidence and the subject.
func (r Result) WithOutput(f func(*abi.Output)) Result {
	f(&r.out)
	return r
}

func raw(member string, value any, before error) (json.RawMessage, error) {
	document, err := leanjson.AppendAny(nil, value)
	if err != nil && before == nil {
		before = fmt.Errorf("encode %s: %w", member, err)
	}
	return document, before
}

// encode writes the output document.
func (r Result) encode() ([]byte, error) {
	if r.fault != nil {
		return nil, r.fault
	}
	o := &r.out
	if o.Outcome == "" && o.Prompt == nil && o.Redirect == nil && o.Error == nil {
		return nil, fmt.Errorf("the step gave no outcome, prompt, redirect or error")
	}
	document, err := o.AppendJSON(make([]byte, 0, 512))
	if err != nil {
		return nil, fmt.Errorf("encode the output: %w", err)
	}
	return document, nil
}
