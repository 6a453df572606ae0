package plugin

import (
	"cmp"
	"math"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The limits of sdk/ABI.md, where an operator says nothing else.
const (
	defaultFuel            = 100_000_000
	defaultTimeout         = time.Second
	defaultMemoryBytes     = 32 << 20
	defaultTableEntries    = 10_000
	defaultCallDepth       = 2_000
	defaultLogBytes        = 16 << 10
	defaultCapabilityCalls = 32
)

// Limits that nobody needs to change.
const (
	maxRequestBytes       = 64 << 10 // of a capability call
	maxACRBytes           = 1 << 10
	pageBytes             = 64 << 10
	maxPages              = 1 << 16
	fuelSlice       int64 = 1 << 17 // how much is handed out between two looks at the clock
)

// orDefaults fills in what is zero and bounds what the engine can't hold.
func (l Limits) orDefaults() Limits {
	l.Fuel = min(cmp.Or(l.Fuel, defaultFuel), math.MaxInt64)
	l.Timeout = cmp.Or(l.Timeout, defaultTimeout)
	l.MemoryBytes = min(cmp.Or(l.MemoryBytes, defaultMemoryBytes), maxPages*pageBytes)
	l.TableEntries = min(cmp.Or(l.TableEntries, defaultTableEntries), math.MaxInt32)
	l.CallDepth = min(cmp.Or(l.CallDepth, defaultCallDepth), math.MaxInt32)
	l.InputBytes = cmp.Or(l.InputBytes, abi.MaxInput)
	l.OutputBytes = cmp.Or(l.OutputBytes, abi.MaxOutput)
	l.LogBytes = cmp.Or(l.LogBytes, defaultLogBytes)
	l.CapabilityCalls = cmp.Or(l.CapabilityCalls, defaultCapabilityCalls)
	return l
}
