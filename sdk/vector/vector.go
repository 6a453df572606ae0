package vector

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Vector is one call of a step and what must come of it.
type Vector struct {
	Name        string
	Description string
	Step        string          // the step type; empty: the module's only one
	Input       json.RawMessage // an object, or empty; see Document for what it leaves out
	Calls       []Call          // the capability calls, in this order, exactly these
	Output      json.RawMessage // the whole output document; empty where Error is set
	Error       *Fault          // instead of Output
	Logs        []Line          // nil: not compared

	File string // where it stands, for messages; empty: in no file
	Line int
}

// Call is a capability call that the step makes, and its answer.
type Call struct {
	Capability string
	Request    json.RawMessage // empty: any
	Status     abi.Status
	Answer     json.RawMessage // empty: none
}

// Fault is how a call went wrong. In a vector, empty members are not compared, and the
// class may name several with | between.
type Fault struct {
	Class   string `json:"class,omitzero"`
	Code    string `json:"code,omitzero"`
	Message string `json:"message,omitzero"`
}

// Line is a line that the step logged.
type Line struct {
	Level string `json:"level"` // debug, info, warn or error
	Text  string `json:"text"`
}

// LevelName is the name of one of the ABI's four levels.
func LevelName(level int) string {
	switch level {
	case -4:
		return "debug"
	case 0:
		return "info"
	case 4:
		return "warn"
	case 8:
		return "error"
	}
	return "level " + strconv.Itoa(level)
}

// Module runs single calls of a step: what a host offers. host/plugin/plugintest has
// one.
type Module interface {
	// Manifest is what the module says of itself.
	Manifest() (abi.Manifest, error)
	// Call runs the step type that the input document names. answer answers its
	// capability calls. The error is a call that could not be made; one that went wrong
	// is in the Answer.
	Call(ctx context.Context, input []byte, answer func(capability string, request []byte) (abi.Status, []byte)) (Answer, error)
}

// Answer is what came of a call: either an output or a fault.
type Answer struct {
	Output json.RawMessage
	Fault  *Fault
	Logs   []Line
}
