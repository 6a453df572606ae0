package plugin

import (
	"context"
	"time"
)

// entry is what is called: an export of a reactor, an argument of a command.
type entry struct {
	export, argument string
}

// verifyEvery is after how many restored calls one is compared as a whole, byte for
// byte. It never found anything; if it did, the module would not be restored again.
const verifyEvery = 1024

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
	defer func() {
		in.log.close()
		stats.Logs, stats.Duration = in.log.lines, time.Since(in.start)
		if late := in.lateAt(stats.Duration); fault == nil && late != "" {
			fault = &Error{Class: Timeout, Code: string(Timeout), Message: late}
		}
	}()
	waited, err := m.pool.enter(in.ctx)
	if err != nil {
		return stats, &Error{Class: Timeout, Code: string(Timeout), Message: "no instance was free in time: " + oneLine(err.Error())}
	}
	defer m.pool.leave()
	if waited {
		in.begin()
	}
	if fault := m.take(in); fault != nil {
		return stats, fault
	}
	defer in.turn.give()
	fault = m.runOn(in, e, &stats)
	return stats, fault
}

// runOn is run, once the call may run.
func (m *Module) runOn(in *invocation, e entry, stats *Stats) (fault *Error) {
	var i *instance
	defer func() {
		if p := recover(); p != nil {
			fault = trap("the engine failed")
			if i != nil {
				i.close()
			}
		}
	}()
	if i, fault = m.acquire(in); fault != nil {
		stats.FuelUsed = in.limits.Fuel - uint64(max(in.fuel, 0))
		return fault
	}
	i.serve(in)
	fault = i.enter(in, m.carrier, e)
	stats.FuelUsed, stats.MemoryBytes = i.fuelUsed(in), uint64(i.mem.Size())
	i.release(in)
	m.giveBack(i, fault)
	return fault
}

// acquire gives an initialised instance that nobody else has.
func (m *Module) acquire(in *invocation) (*instance, *Error) {
	switch m.Mode() {
	case Restore:
		if i := m.pool.pop(); i != nil {
			return i, nil
		}
		return m.stamped()
	case Prewarm:
		i := m.pool.pop()
		m.warm()
		if i != nil {
			return i, nil
		}
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
	i.spent = int64(i.fuelUsed(in))
	i.release(in)
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

// giveBack keeps the instance for the next call where that is allowed, and else throws
// it away: after anything but an answer, and wherever it is not what it was.
func (m *Module) giveBack(i *instance, fault *Error) {
	if fault == nil && m.Mode() == Restore && m.image.restore(i) && m.verified(i) && m.pool.push(i) {
		return
	}
	i.close()
}

// verified compares now and then the whole of a restored instance. If ever something
// was missed, no instance of the module is used twice again.
func (m *Module) verified(i *instance) bool {
	if m.restored.Add(1)%verifyEvery != 0 || m.image.holds(i) {
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
		defer m.pool.made()
		in := newInvocation(context.Background(), m.spec.Limits)
		in.turn.long = true
		in.begin()
		if m.take(in) != nil {
			return
		}
		defer in.turn.give()
		// What fails here fails again, and is told, when a call needs it.
		if i, fault := m.start(in); fault == nil && !m.pool.push(i) {
			i.close()
		}
	}()
}

// patient are the limits for what nobody waits for: a busy machine is no fault of the
// module, and fuel bounds it.
func (m *Module) patient() Limits {
	l := m.spec.Limits
	l.Timeout = max(l.Timeout, describeTime)
	return l
}
