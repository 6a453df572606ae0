package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// modeFresh is a new instance for each call.
const modeFresh = "fresh"

// entry is what is called: an export of a reactor, an argument of a command.
type entry struct {
	export, argument string
}

// run makes one call: it gets an instance, calls the entry, and throws the instance
// away. Whatever happens, the stats are filled in, and the runtime stays usable.
func (m *Module) run(ctx context.Context, in *invocation, e entry) (stats Stats, fault *Error) {
	defer func() {
		if p := recover(); p != nil {
			fault = trap("the engine failed")
		}
		in.log.close()
		stats.Logs, stats.Mode, stats.Duration = in.log.lines, modeFresh, time.Since(in.start)
		if late := in.late(ctx); fault == nil && late != "" {
			fault = &Error{Class: Timeout, Code: string(Timeout), Message: late}
		}
	}()
	m.prepare(in, e)
	ctx = context.WithValue(ctx, invocationKey{}, in)
	mod, err := m.runtime.engine.InstantiateModule(ctx, m.code.CompiledModule, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return stats, in.explain(nil, err)
	}
	i := newInstance(mod)
	defer i.mod.Close(ctx)
	fault = m.callEntry(ctx, i, in, e)
	stats.FuelUsed, stats.MemoryBytes = i.fuelUsed(in), uint64(mod.Memory().Size())
	return stats, fault
}

// prepare sets up the streams of a command.
func (m *Module) prepare(in *invocation, e entry) {
	if m.carrier == command {
		in.args = []string{"acrhost", e.argument}
		in.stdout = true
		in.stdin = in.input
	}
}

// callEntry initialises the instance and calls the entry. Until it is initialised
// there is no input and no capability, so that an instance may be made ahead.
func (m *Module) callEntry(ctx context.Context, i *instance, in *invocation, e entry) *Error {
	i.depth.Set(uint64(in.limits.CallDepth))
	before := []string{rewrite.StartExport}
	if m.carrier == reactor {
		before = append(before, initExport)
	}
	input := in.input
	in.input = nil
	for _, name := range before {
		if _, fault := i.call(ctx, in, name); fault != nil {
			return fault
		}
	}
	in.input, in.ready = input, true
	if m.carrier == command {
		_, fault := i.call(ctx, in, startExport)
		return fault
	}
	code, fault := i.call(ctx, in, e.export)
	if fault == nil && code != 0 {
		fault = i.failed(in, fmt.Sprintf("%s returned %d", e.export, int32(code)))
	}
	return fault
}

// instance is one instance of a module, with the globals that the rewriter put in.
type instance struct {
	mod     api.Module
	fuel    api.Global
	depth   api.MutableGlobal
	refused api.Global
}

func newInstance(mod api.Module) *instance {
	return &instance{
		mod:     mod,
		fuel:    mod.ExportedGlobal(rewrite.FuelGlobal),
		depth:   mod.ExportedGlobal(rewrite.DepthGlobal).(api.MutableGlobal),
		refused: mod.ExportedGlobal(rewrite.RefusedGlobal),
	}
}

// fuelUsed is what was handed out, less what the guest still has.
func (i *instance) fuelUsed(in *invocation) uint64 {
	used := int64(in.limits.Fuel) - in.fuel - int64(i.fuel.Get())
	return uint64(min(max(used, 0), int64(in.limits.Fuel)))
}

// call calls an export, if there is one, and gives its result, if it has one.
func (i *instance) call(ctx context.Context, in *invocation, name string) (uint64, *Error) {
	f := i.mod.ExportedFunction(name)
	if f == nil {
		return 0, nil
	}
	results, err := f.Call(ctx)
	if err != nil {
		return 0, in.explain(i, err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

// explain finds the class of a call that didn't return. i is nil when there was no
// instance yet.
func (in *invocation) explain(i *instance, err error) *Error {
	text := strings.TrimPrefix(oneLine(err.Error()), "wasm error: ")
	switch {
	case in.fault != nil:
		return in.fault
	case in.exited && errors.Is(err, exitCall{}):
		return in.exit(i)
	case i == nil:
		return trap("the module can't be instantiated: " + text)
	case int32(i.depth.Get()) < 0:
		return &Error{Class: Stack, Code: string(Stack), Message: fmt.Sprintf("calls are nested more than %d deep", in.limits.CallDepth)}
	case strings.Contains(text, "stack overflow"):
		return &Error{Class: Stack, Code: string(Stack), Message: "the stack is exhausted"}
	case i.refused.Get() != 0:
		return outOfMemory(in, text)
	}
	return trap(text)
}

// exit judges proc_exit: only a command may, and only with 0.
func (in *invocation) exit(i *instance) *Error {
	if in.stdout && in.ready && in.code == 0 {
		return nil
	}
	if tail := strings.TrimSpace(strings.ToValidUTF8(string(in.log.tail), "")); tail != "" {
		return i.failed(in, tail)
	}
	return i.failed(in, fmt.Sprintf("it ended itself with exit code %d", in.code))
}

// failed is the error of a guest that gave up by itself: because it was refused
// memory, or for a reason of its own.
func (i *instance) failed(in *invocation, message string) *Error {
	if i.refused.Get() != 0 {
		return outOfMemory(in, message)
	}
	return &Error{Class: GuestError, Code: string(GuestError), Message: message}
}

func outOfMemory(in *invocation, text string) *Error {
	return &Error{Class: Memory, Code: string(Memory), Message: fmt.Sprintf("wanted more than %d bytes of memory: %s", in.limits.MemoryBytes, text)}
}

func trap(message string) *Error {
	return &Error{Class: Trap, Code: string(Trap), Message: message}
}
