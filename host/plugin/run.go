package plugin

import (
	"cmp"
	"context"
)

// entry is what is called: an export of a reactor, an argument of a command.
type entry struct {
	export, argument string
}

// verifyEvery is after how many times that an instance was restored it is compared as a
// whole, byte for byte. It never found anything; if it did, the module would not be restored
// again.
const verifyEvery = 1024

// verifyStep has instances begin to count at other numbers, so that also of those that are
// soon thrown away every so many are compared. It has no divisor with verifyEvery.
const verifyStep = 389

// take waits until a call may run. Its clock begins then.
func (m *Module) take(in *invocation) *Error {
	waited, err := m.runtime.slots.take(in.ctx, &in.turn)
	if err != nil {
		return &Error{Class: Timeout, Code: string(Timeout), Message: "no guest could be run in time: " + oneLine(err.Error())}
	}
	if waited {
		in.begin()
	}
	return nil
}

// run makes one call: it gets an instance, calls the entry, and keeps the instance or
// throws it away. Whatever happens, the stats are filled in, and the runtime stays
// usable.
func (m *Module) run(in *invocation, e entry) (stats Stats, fault *Error) {
	stats.Mode = string(m.Mode())
	in.begin()
	i, fault := m.enter(in)
	if fault != nil {
		stats.Duration = in.elapsed()
		return stats, fault
	}
	i, fault = m.runOn(i, in, e, &stats)
	if !m.pool.leave(i) && i != nil {
		i.close()
	}
	in.turn.give()
	in.log.close()
	stats.Logs, stats.Duration = in.log.lines, cmp.Or(stats.Duration, in.elapsed())
	if late := in.lateAt(stats.Duration); fault == nil && late != "" {
		fault = &Error{Class: Timeout, Code: string(Timeout), Message: late}
	}
	return stats, fault
}

// enter waits for a slot and a place in the pool, and gives an idle instance, or nil.
// Who has a slot doesn't wait for a place with it: the place may become free by
// somebody who waits for a slot.
func (m *Module) enter(in *invocation) (*instance, *Error) {
	if fault := m.take(in); fault != nil {
		return nil, fault
	}
	if i, ok := m.pool.enter(in.last); ok {
		return i, nil
	}
	in.turn.give()
	i, err := m.pool.wait(in.ctx)
	if err != nil {
		return nil, &Error{Class: Timeout, Code: string(Timeout), Message: "no instance was free in time: " + oneLine(err.Error())}
	}
	if fault := m.take(in); fault != nil {
		if !m.pool.leave(i) && i != nil {
			i.close()
		}
		return nil, fault
	}
	in.begin()
	return i, nil
}

// runOn is run, once the call may run, on the idle instance that there is, or nil. It
// gives an instance back that the next call may have, or nil.
func (m *Module) runOn(idle *instance, in *invocation, e entry, stats *Stats) (next *instance, fault *Error) {
	i := idle
	defer func() {
		if p := recover(); p != nil {
			next, fault = nil, trap("the engine failed")
			if i != nil {
				i.close()
			}
		}
	}()
	if i, fault = m.ready(idle, in); fault != nil {
		stats.FuelUsed = in.limits.Fuel - uint64(max(in.fuel, 0))
		return nil, fault
	}
	i.serve(in)
	in.last = i.number
	fault = i.enter(in, m.carrier, e)
	stats.FuelUsed, stats.MemoryBytes = i.fuelUsed(in), uint64(i.mem.Size())
	stats.Duration = in.elapsed()
	i.release(in, stats.Duration)
	if m.mayServeAgain(i, fault) {
		return i, fault
	}
	i.close()
	return nil, fault
}

// ready gives an initialised instance that nobody else has: the idle one, or a new one.
func (m *Module) ready(idle *instance, in *invocation) (*instance, *Error) {
	mode := m.Mode()
	if mode == Prewarm {
		m.warm()
	}
	switch {
	case idle != nil && mode == Fresh: // kept before the module turned out unsound
		idle.close()
	case idle != nil:
		return idle, nil
	case mode == Restore:
		return m.stamped()
	}
	return m.start(in)
}

// start makes an instance and initialises it, at the call's expense.
func (m *Module) start(in *invocation) (*instance, *Error) {
	i, err := m.code.newInstance()
	if err != nil {
		return nil, trap("the module can't be instantiated: " + oneLine(err.Error()))
	}
	i.serve(in)
	fault := i.initialise(in, m.carrier)
	i.funcs = nil // none of them is called again, and each has a stack
	i.spent = int64(i.fuelUsed(in))
	i.release(in, in.elapsed())
	in.fuel = int64(in.limits.Fuel) // what the start took is in spent, and serve takes it off
	if fault != nil {
		in.fuel -= i.spent
		i.close()
		return nil, fault
	}
	return i, nil
}

// stamped makes an instance that is what the image is, without running anything.
func (m *Module) stamped() (*instance, *Error) {
	i, err := m.code.newInstance()
	if err != nil {
		return nil, trap("the module can't be instantiated: " + oneLine(err.Error()))
	}
	if !m.image.stamp(i) {
		i.close()
		return nil, trap("the module's image doesn't fit it")
	}
	return i, nil
}

// mayServeAgain puts an instance back to what it was, where that is allowed: not after
// anything but an answer, and only if nothing is left of the call.
func (m *Module) mayServeAgain(i *instance, fault *Error) bool {
	return fault == nil && m.Mode() == Restore && i.stackBytes() <= maxIdleStack && m.image.restore(i) && m.verified(i)
}

// verified compares now and then the whole of a restored instance. If ever something
// was missed, no instance of the module is used twice again.
func (m *Module) verified(i *instance) bool {
	if i.restored++; i.restored%verifyEvery != 0 || m.image.holds(i) {
		return true
	}
	m.unsound.Store(true)
	m.runtime.log.Error("a restored instance was not what it was; every call gets a new one from now on", "plugin", m.spec.Name, "digest", m.digest)
	return false
}

// warm has the next instance made, in the background and after all that is waiting.
func (m *Module) warm() {
	if !m.pool.wants() {
		return
	}
	go func() {
		// What fails here fails again, and is told, when a call needs it.
		i := m.startAhead()
		if !m.pool.made(i) && i != nil {
			i.close()
		}
	}()
}

// startAhead makes an initialised instance for no call, or nil.
func (m *Module) startAhead() (i *instance) {
	defer func() {
		if recover() != nil { // the engine failed, and will again for the call that needs it
			i = nil
		}
	}()
	in := newInvocation(context.Background(), &m.spec.Limits)
	in.turn.long = true
	in.begin()
	if m.take(in) != nil {
		return nil
	}
	defer in.turn.give()
	i, _ = m.start(in)
	return i
}

// patient are the limits for what nobody waits for: a busy machine is no fault of the
// module, and fuel bounds it.
func (m *Module) patient() *Limits {
	l := m.spec.Limits
	l.Timeout = max(l.Timeout, describeTime)
	return &l
}
