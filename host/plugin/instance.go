package plugin

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// instance is one instance of a module, with what the host holds of it. One call at a
// time uses it.
type instance struct {
	mod   api.Module
	mem   api.Memory
	pages *linearMemory // behind mem
	ctx   callContext
	funcs []namedFunction
	stack [1]uint64 // the result of an export
	lived time.Duration

	number   uint64 // of all that the module's code was made into
	restored uint   // how often, from a number of its own on

	fuel, depth, refused api.MutableGlobal
	spent                int64 // fuel that its start took, where a call pays for that

	*tracker // nil where the code doesn't track
}

// newInstance makes an instance, of which nothing has run yet.
func (c *code) newInstance() (*instance, error) {
	memory := &allocation{from: &c.memories}
	mod, err := c.engine.InstantiateModule(memory.context(), c.module, c.config)
	if err != nil {
		memory.free()
		return nil, err
	}
	global := func(name string) api.MutableGlobal { return mod.ExportedGlobal(name).(api.MutableGlobal) }
	number := c.made.Add(1)
	i := &instance{
		mod: mod, mem: mod.Memory(), pages: memory.got,
		number: number, restored: uint(number) * verifyStep,
		ctx:  callContext{Context: context.Background()},
		fuel: global(rewrite.FuelGlobal), depth: global(rewrite.DepthGlobal), refused: global(rewrite.RefusedGlobal),
	}
	if c.tracks {
		i.tracker = newTracker(mod, c.facts)
	}
	return i, nil
}

// close frees the instance; what it had of the user goes with it.
func (i *instance) close() { _ = i.mod.Close(context.Background()) } // closing what is only memory can't fail

// function finds an export, nil without it. Each function has a stack of its own, so it
// is kept.
func (i *instance) function(name string) api.Function {
	for _, f := range i.funcs {
		if f.name == name {
			return f.Function
		}
	}
	f := i.mod.ExportedFunction(name)
	i.funcs = append(i.funcs, namedFunction{name, f, stackField(f)})
	return f
}

// namedFunction is an export, or nil, that was looked up.
type namedFunction struct {
	name string
	api.Function
	stack reflect.Value
}

// serve makes the instance work for an invocation, until release.
func (i *instance) serve(in *invocation) {
	i.ctx.in, in.instance = in, i
	in.fuel -= i.spent
	slice := min(in.fuel, fuelSlice)
	in.fuel -= slice
	i.fuel.Set(uint64(slice))
	i.depth.Set(uint64(in.limits.CallDepth))
	i.refused.Set(0)
}

// release ends what serve began, of a call that took so long.
func (i *instance) release(in *invocation, took time.Duration) {
	i.lived += took
	i.ctx.in, in.instance = nil, nil
}

// initialise runs what must run before the first call: the start function, and of a
// reactor _initialize. There is no input and no capability meanwhile, so that an
// instance may be made ahead.
func (i *instance) initialise(in *invocation, c carrier) *Error {
	if _, fault := i.call(in, rewrite.StartExport); fault != nil || c == command {
		return fault
	}
	_, fault := i.call(in, initExport)
	return fault
}

// enter calls the entry, with the documents there.
func (i *instance) enter(in *invocation, c carrier, e entry) *Error {
	in.ready = true
	if c == command {
		in.args, in.stdout, in.stdin = []string{"acrhost", e.argument}, true, in.input
		_, fault := i.call(in, startExport)
		return fault
	}
	code, fault := i.call(in, e.export)
	if fault == nil && code != 0 {
		fault = i.failed(in, fmt.Sprintf("%s returned %d", e.export, int32(code)))
	}
	return fault
}

// call calls an export, if there is one, and gives its result, if it has one.
func (i *instance) call(in *invocation, name string) (result uint64, fault *Error) {
	f := i.function(name)
	if f == nil {
		return 0, nil
	}
	i.stack[0] = 0
	if err := f.CallWithStack(&i.ctx, i.stack[:]); err != nil {
		return 0, in.explain(i, err)
	}
	return i.stack[0], nil
}

// fuelUsed is what was handed out, less what the guest still has.
func (i *instance) fuelUsed(in *invocation) uint64 {
	used := int64(in.limits.Fuel) - in.fuel - int64(i.fuel.Get())
	return uint64(min(max(used, 0), int64(in.limits.Fuel)))
}
