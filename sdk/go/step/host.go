package step

import (
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/internal/guest"
)

// Level is how grave a log line is. The numbers are those of log/slog.
type Level int32

// The levels of the ABI.
const (
	Debug Level = -4
	Info  Level = 0
	Warn  Level = 4
	Error Level = 8
)

// Import is a capability that is linked into the module: it hands the request to
// the host and gives its answer. A module imports, and so asks the operator for,
// the capabilities whose Import the linker can reach, and no other.
type Import func(request []byte) (abi.Status, []byte)

// Host answers a step. In a plugin it is the host that runs it; package steptest
// has the double.
type Host interface {
	Log(level Level, line string)
	// Call asks the capability of that name. A double answers by the name and never
	// calls linked.
	Call(name string, linked Import, request []byte) (abi.Status, []byte)
}

// imports is the host that runs the module, reached by what the module imports.
type imports struct{}

func (imports) Log(level Level, line string) { guest.Log(int32(level), line) }

func (imports) Call(_ string, linked Import, request []byte) (abi.Status, []byte) {
	return linked(request)
}
