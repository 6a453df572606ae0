package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Result is what a call gave and what it used.
type Result struct {
	Output abi.Output // zero when the call failed
	Stats  Stats
}

// Call runs the step type in.Call.Type once, isolated from every other call. The host
// answers the capability calls; nil denies them all. The error is always an *Error,
// and the stats are filled in either case. An input over the limit is a guest_error
// with the code input_limit, and the guest doesn't run; nor does it while the module's
// circuit is open, see Breaker.
func (m *Module) Call(ctx context.Context, input abi.Input, host Host) (Result, error) {
	began := time.Now()
	document, fault := m.document(input)
	if fault != nil {
		return Result{Stats: Stats{Mode: string(m.Mode()), Duration: time.Since(began)}}, fault
	}
	result, fault := m.guarded(ctx, document, input, host)
	if fault != nil {
		return result, fault
	}
	return result, nil
}

// answer runs the guest and checks what it wrote.
func (m *Module) answer(ctx context.Context, document []byte, input abi.Input, host Host) (Result, *Error) {
	written, stats, fault := m.runStep(ctx, input.Call.Type, document, host)
	if fault != nil {
		return Result{Stats: stats}, fault
	}
	output, fault := m.accept(written, input)
	if fault == nil {
		fault = checkRedirect(output.Redirect, host)
	}
	if fault != nil {
		return Result{Stats: stats}, fault
	}
	return Result{Output: *output, Stats: stats}, nil
}

// Run is a call by its documents alone: input in, output out, neither of them looked
// at, and no circuit breaker before it. As the step type isn't known, every capability
// of the grant may be called. Call is what a journey uses. The error is always an *Error.
func (m *Module) Run(ctx context.Context, document []byte, host Host) ([]byte, Stats, error) {
	written, stats, fault := m.runDocument(ctx, document, host, nil)
	if fault != nil {
		return nil, stats, fault
	}
	return written, stats, nil
}

// Try is a call by its documents alone, whose output is checked as Call checks it: for
// trying a module out. The input goes to the guest as it is, and the output comes back as
// the guest wrote it. No circuit breaker is before it. The error is always an *Error.
func (m *Module) Try(ctx context.Context, document []byte, host Host) ([]byte, Stats, error) {
	stats := Stats{Mode: string(m.Mode())}
	var input abi.Input
	if err := json.Unmarshal(document, &struct {
		Call   *abi.Call        `json:"call"`
		Config *json.RawMessage `json:"config"`
	}{&input.Call, &input.Config}); err != nil {
		return nil, stats, &Error{Class: GuestError, Code: "input_invalid", Message: "the input is no input document: " + oneLine(err.Error())}
	}
	if fault := m.admissible(document, input.Call.Type); fault != nil {
		return nil, stats, fault
	}
	written, stats, fault := m.runStep(ctx, input.Call.Type, document, host)
	if fault != nil {
		return nil, stats, fault
	}
	output, fault := m.accept(written, input)
	if fault == nil {
		fault = checkRedirect(output.Redirect, host)
	}
	if fault != nil {
		return nil, stats, fault
	}
	return written, stats, nil
}

// admissible says why an input document isn't handed to the guest.
func (m *Module) admissible(document []byte, stepType string) *Error {
	if _, err := m.stepType(stepType); err != nil {
		return &Error{Class: GuestError, Code: "unknown_type", Message: err.Error()}
	}
	if limit := m.spec.Limits.InputBytes; len(document) > limit {
		return &Error{Class: GuestError, Code: "input_limit", Message: fmt.Sprintf("the input has %d bytes, the limit is %d", len(document), limit)}
	}
	return nil
}

// runStep runs the document of a step type, which may call what it declares. Without a
// manifest nothing is declared, and no journey can use the module: there the grant holds.
func (m *Module) runStep(ctx context.Context, name string, document []byte, host Host) ([]byte, Stats, *Error) {
	if len(m.manifest.Steps) == 0 {
		return m.runDocument(ctx, document, host, nil)
	}
	declared := m.manifest.Steps[name].Capabilities // none for a step type that isn't there
	return m.runDocument(ctx, document, host, &declared)
}

// runDocument runs a document. Of the capabilities that are granted those may be called
// that are declared; nil: all of them.
func (m *Module) runDocument(ctx context.Context, document []byte, host Host, declared *[]string) ([]byte, Stats, *Error) {
	in := m.runtime.invocations.Get().(*invocation)
	in.limit(ctx, &m.spec.Limits)
	defer func() {
		*in = invocation{last: in.last} // what a user typed isn't kept
		m.runtime.invocations.Put(in)
	}()
	in.input, in.host = document, host
	in.grant, in.untimed, in.names = &m.spec.Grant, m.runtime.untimed, m.names
	if declared != nil {
		in.held, in.declared = true, *declared
	}
	stats, fault := m.run(in, entry{export: stepExport, argument: "step"})
	stats.Undeclared = in.undeclared
	if fault != nil {
		return nil, stats, fault
	}
	return in.output, stats, nil
}

// document is the input as the guest gets it.
func (m *Module) document(input abi.Input) ([]byte, *Error) {
	if _, err := m.stepType(input.Call.Type); err != nil {
		return nil, &Error{Class: GuestError, Code: "unknown_type", Message: err.Error()}
	}
	if input.ABI == "" {
		input.ABI = abi.Version
	}
	if len(input.Config) == 0 {
		input.Config = json.RawMessage("{}")
	}
	document, err := m.spec.Grant.narrow(input).AppendJSON(make([]byte, 0, documentBytes))
	if err != nil {
		return nil, &Error{Class: GuestError, Code: "input_invalid", Message: "the input is no JSON: " + oneLine(err.Error())}
	}
	return document, m.admissible(document, input.Call.Type)
}

// documentBytes is what an input document takes at first.
const documentBytes = 1 << 11

// stepType finds a step type. A module without a manifest takes any.
func (m *Module) stepType(name string) (abi.StepType, error) {
	t, ok := m.manifest.Steps[name]
	if !ok && len(m.manifest.Steps) > 0 {
		return t, fmt.Errorf("the module has no step type %q", name)
	}
	return t, nil
}

// accept decodes the output and holds it against the manifest and the grant.
func (m *Module) accept(document []byte, input abi.Input) (*abi.Output, *Error) {
	o, err := decodeOutput(document)
	if err != nil {
		return nil, &Error{Class: OutputInvalid, Code: string(OutputInvalid), Message: oneLine(err.Error())}
	}
	if o.Error != nil {
		return nil, &Error{Class: GuestError, Code: o.Error.Code, Message: said(o.Error.Message), document: true}
	}
	t, err := m.stepType(input.Call.Type)
	if err == nil && len(m.manifest.Steps) > 0 {
		err = checkOutcome(o, t, input.Config)
	}
	if err != nil {
		return nil, &Error{Class: OutputInvalid, Code: string(OutputInvalid), Message: oneLine(err.Error())}
	}
	if len(m.manifest.Steps) == 0 && !m.spec.Grant.All {
		return o, m.spec.Grant.check(o) // it declares nothing, and no journey can use it
	}
	if len(m.manifest.Steps) == 0 {
		t.Writes.Vars = []string{"*"}
	}
	if fault := declared(t, o, input.Config); fault != nil {
		return nil, fault
	}
	return o, m.spec.Grant.check(o)
}

// checkRedirect refuses to send the browser anywhere but to a URL that a capability
// of this very call gave.
func checkRedirect(r *abi.Redirect, host Host) *Error {
	if r == nil {
		return nil
	}
	if from, ok := host.(Redirector); ok && slices.Contains(from.Redirects(), r.URL) {
		return nil
	}
	return &Error{Class: OutputInvalid, Code: string(OutputInvalid), Message: "redirect: only a URL that a capability of this call returned"}
}
