package steptest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Call is one call of a step. New makes a first entry with an empty configuration,
// in a run that is about nobody; the other methods change that and return the call.
type Call struct {
	t    testing.TB
	step step.Type
	in   abi.Input
	host double
}

// Now is the time of every call that says no other.
func Now() time.Time { return time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC) }

// New describes a call of a step type.
func New(t testing.TB, s step.Type) *Call {
	t.Helper()
	return &Call{t: t, step: s, host: double{fakes: map[string]Double{}}, in: abi.Input{
		ABI:     abi.Version,
		Call:    abi.Call{ID: "c_test_1", Type: s.Name(), Step: "test", Attempt: 1, Now: Now(), Interactive: true},
		Journey: abi.Journey{Name: "test", Run: "r_test", StartedAt: Now().Add(-time.Minute), Path: []string{}},
		Config:  json.RawMessage(`{}`),
		Request: abi.Request{ClientID: "test", ACRValues: []string{}, Scope: []string{"openid"}, Prompt: []string{}, UILocales: []string{}},
		AMR:     []string{}, Evidence: []abi.Evidence{}, Upstream: map[string]abi.Upstream{}, Vars: map[string]any{},
	}}
}

// Config is the step's configuration, a JSON object.
func (c *Call) Config(document string) *Call {
	c.in.Config = json.RawMessage(document)
	return c
}

// Subject is whom the run is about.
func (c *Call) Subject(id, username string) *Call {
	c.in.Subject = &abi.Subject{ID: id, Username: username, Claims: map[string]any{}}
	return c
}

// Evidence adds what the host verified a while ago, and its amr values.
func (c *Call) Evidence(method string, ago time.Duration, amr ...string) *Call {
	c.in.Evidence = append(c.in.Evidence, abi.Evidence{
		Method: method, AMR: append([]string{}, amr...), At: c.in.Call.Now.Add(-ago), Step: "before", Fresh: true,
	})
	c.in.AMR = append(c.in.AMR, amr...)
	return c
}

// Again makes it the visit after one that led back to the step at once.
func (c *Call) Again() *Call {
	c.in.Call.Attempt++
	c.in.Journey.Path = append(c.in.Journey.Path, c.in.Call.Step)
	return c
}

// Answer is what the user sent to the step's prompt, and by which button.
func (c *Call) Answer(action string, form map[string]string) *Call {
	c.in.Form, c.in.Action = form, &action
	if form == nil {
		c.in.Form = map[string]string{}
	}
	return c
}

// State is what the step kept when it prompted, as JSON.
func (c *Call) State(document string) *Call {
	c.in.State = json.RawMessage(document)
	return c
}

// Input lets f change anything else of the input document.
func (c *Call) Input(f func(*abi.Input)) *Call {
	f(&c.in)
	return c
}

// Capability gives a capability its double. One without a double is denied.
func (c *Call) Capability(name string, d Double) *Call {
	c.host.fakes[name] = d
	return c
}
