package step

import (
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Context is one call of a step: what the host says, and the way to ask it for
// more. It is not to be kept after Run has returned.
type Context struct {
	// Input is the document as the host sent it. Form is nil on first entry and
	// holds the answers when the step prompted; its Config is what the step's own
	// fields hold, typed.
	abi.Input

	host Host
}

// Log writes one line to the host's log. Never a secret: the log is kept.
func (c *Context) Log(level Level, line string) { c.host.Log(level, line) }

// CallError is a capability that answered with a status other than OK. A step
// that expects one compares Status, a step that does not returns Failed(err).
type CallError struct {
	Capability string
	Status     abi.Status
}

// Error names the capability and the status.
func (e *CallError) Error() string { return e.Capability + ": " + e.Status.String() }

// Status is the status that err holds: OK for nil, and UpstreamFault for an error
// that is no CallError, such as an answer that can't be read.
func Status(err error) abi.Status {
	if err == nil {
		return abi.OK
	}
	if call, ok := errors.AsType[*CallError](err); ok {
		return call.Status
	}
	return abi.UpstreamFault
}

// Invoke asks a capability of the host: request is encoded, the answer decoded into
// answer, also when the status is not OK and the host says more. The error is then
// a *CallError. Steps use the functions of package capability, which call this.
func (c *Context) Invoke(name string, linked Import, request, answer any) error {
	document, err := marshal(request)
	if err != nil {
		return fmt.Errorf("%s: encode the request: %w", name, err)
	}
	status, document := c.host.Call(name, linked, document)
	if len(document) > 0 {
		if err := leanjson.Unmarshal(document, answer); err != nil && status == abi.OK {
			return fmt.Errorf("%s: decode the answer: %w", name, err)
		}
	}
	if status != abi.OK {
		return &CallError{Capability: name, Status: status}
	}
	if len(document) == 0 {
		return fmt.Errorf("%s: the answer is empty", name)
	}
	return nil
}

// marshal writes a request. Those of package abi write themselves.
func marshal(request any) ([]byte, error) {
	if r, ok := request.(interface {
		AppendJSON(b []byte) ([]byte, error)
	}); ok {
		return r.AppendJSON(make([]byte, 0, 128))
	}
	return leanjson.AppendAny(nil, request)
}

// ReadState decodes what this step gave WithState when it prompted. It leaves v
// alone when there is none.
func (c *Context) ReadState(v any) error {
	if len(c.State) == 0 || string(c.State) == "null" {
		return nil
	}
	if err := leanjson.Unmarshal(c.State, v); err != nil {
		return fmt.Errorf("read the step's state: %w", err)
	}
	return nil
}

// Retried says that this very step was the one before in the journey, so that its
// own outcome led back to it, as after a wrong password.
func (c *Context) Retried() bool {
	path := c.Journey.Path
	return c.Call.Attempt > 1 && len(path) > 0 && path[len(path)-1] == c.Call.Step
}
