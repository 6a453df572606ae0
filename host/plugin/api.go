package plugin

import (
	"context"
	"time"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Host answers the capability calls of one call of a guest. It is made for that
// call and dropped after it. The request is whatever the guest sent: hostile
// until parsed. ctx carries the call's deadline.
type Host interface {
	Call(ctx context.Context, capability string, request []byte) (abi.Status, []byte)
}

// Redirector is a Host whose capabilities give out URLs that the guest may send the
// browser to.
type Redirector interface {
	Redirects() []string
}

// Class is how a call failed: one of the ABI's error classes.
type Class string

// The error classes of ABI 1.0.
const (
	GuestError     Class = "guest_error"
	Trap           Class = "trap"
	Fuel           Class = "fuel"
	Memory         Class = "memory"
	Stack          Class = "stack"
	Timeout        Class = "timeout"
	OutputInvalid  Class = "output_invalid"
	OutputLimit    Class = "output_limit"
	GrantViolation Class = "grant_violation"
)

// Error is a call that gave no outcome, prompt or redirect.
type Error struct {
	Class   Class
	Code    string // the guest's own when it answered with an error document, else the class
	Message string // of an error document, or a command that failed, in the guest's own words, 1 KiB at most
	// Trace is where the guest was, innermost first; only with Spec.Trace. It may hold
	// what the guest's author likes.
	Trace []string

	document bool // the guest answered with an error document
}

// Error is the class and the message.
func (e *Error) Error() string { return string(e.Class) + ": " + e.Message }

// RefusedError is a module that was not loaded, and why.
type RefusedError struct {
	Plugin string
	Reason string
	Hint   string
	// Reasons are the parts of Reason where there are several.
	Reasons []string
}

// Error is the reason, then the hint.
func (e *RefusedError) Error() string {
	s := "plugin " + e.Plugin + " refused: " + e.Reason
	if e.Hint != "" {
		s += " (hint: " + e.Hint + ")"
	}
	return s
}

// LogLine is one line that a guest logged.
type LogLine struct {
	Level   int    `json:"level"`
	Message string `json:"message"`
}

// Stats is what a call used.
type Stats struct {
	FuelUsed    uint64
	MemoryBytes uint64 // the guest's linear memory at the end
	Duration    time.Duration
	Mode        string // fresh, restore or prewarm
	Logs        []LogLine
	// Undeclared are the capabilities that were called and that the manifest doesn't
	// declare for the step type. The calls were denied.
	Undeclared []string
}

// Limits of one call. A zero field means the default of sdk/ABI.md.
type Limits struct {
	Fuel            uint64
	Timeout         time.Duration
	MemoryBytes     uint64
	TableEntries    uint32
	CallDepth       uint32
	InputBytes      int
	OutputBytes     int
	LogBytes        int
	CapabilityCalls int
}

// Grant is what the operator allows a module's output to say. Vars and ACR nil
// means any; every other nil list means nothing. Patterns may hold *.
type Grant struct {
	All          bool // whatever the manifest asks for
	Vars         []string
	ACR          []string
	AMR          []string
	Claims       []string
	Evidence     []string
	Subject      bool
	Reads        []string // nil: everything
	Capabilities []string
	Fetches      []fetchrule.Rule // where http_fetch may go
}
