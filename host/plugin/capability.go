package plugin

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// capabilityType is the type of every capability: (ptr, len) -> status.
const capabilityType = "ii:i"

// capabilityFuncs are the functions of the import module acrhost_cap_v1.
func capabilityFuncs(names []string) []hostFunc {
	funcs := make([]hostFunc, 0, len(names))
	for _, name := range names {
		funcs = append(funcs, hostFunc{name, signature(capabilityType), func(in *invocation, s []uint64) {
			in.checkTime()
			status, answer := in.ask(name, in.bytes(s[0], s[1]))
			in.result = answer
			in.checkTime()
			s[0] = uint64(uint32(status))
		}})
	}
	return funcs
}

// ask answers a capability call. What the guest may not do is a status that it can
// handle, never a trap.
func (in *invocation) ask(name string, request []byte) (abi.Status, []byte) {
	if in.capabilityCalls++; in.capabilityCalls > in.limits.CapabilityCalls {
		return abi.LimitReached, nil
	}
	if !in.ready || in.host == nil || !in.grant.capability(name) {
		return abi.Denied, nil
	}
	if !in.declares(name) {
		in.undeclare(name)
		return abi.Denied, nil
	}
	if len(request) > maxRequestBytes {
		return abi.BadRequest, nil
	}
	untimed := slices.Contains(in.untimed, name)
	if untimed {
		in.beforeWaiting()
	}
	defer func() {
		// What the panic says may hold anything, so it goes nowhere.
		if recover() != nil {
			in.fail(Trap, fmt.Sprintf("the capability %s failed in the host", name))
		}
	}()
	// A copy: the host may keep it, and the memory belongs to the guest.
	request = bytes.Clone(request)
	if untimed {
		return in.askUntimed(name, request)
	}
	ctx, cancel := context.WithTimeout(in.ctx, in.allowed-in.elapsed())
	defer cancel()
	return in.host.Call(ctx, name, request)
}

// declares says whether the step type that runs declares a capability. What is granted is
// the module's, and what of it a step may use is what its manifest says of that step: else
// one that asks for nothing could do all that another one was granted.
func (in *invocation) declares(name string) bool {
	return !in.held || slices.Contains(in.declared, name)
}

// undeclare notes a call that was refused because the step doesn't declare it.
func (in *invocation) undeclare(name string) {
	if !slices.Contains(in.undeclared, name) {
		in.undeclared = append(in.undeclared, name)
	}
}

// askUntimed asks a capability that waits for somebody else: meanwhile another guest
// may run, and the time doesn't count.
func (in *invocation) askUntimed(name string, request []byte) (status abi.Status, answer []byte) {
	began := time.Now()
	defer func() { in.allowed += time.Since(began) }()
	in.turn.lend(func() { status, answer = in.host.Call(in.ctx, name, request) })
	return status, answer
}
