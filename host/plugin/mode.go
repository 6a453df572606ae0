package plugin

import "time"

// Mode is how a module gets an instance for each call. None of them lets anything of
// one call be seen by the next.
type Mode string

// The modes. Auto picks one of the others when a module is loaded.
const (
	Auto Mode = "auto"
	// Fresh makes a new instance for each call, on memory that is used again.
	Fresh Mode = "fresh"
	// Restore keeps instances, and puts back after each call what it wrote.
	Restore Mode = "restore"
	// Prewarm makes instances ahead of the calls. Each serves one.
	Prewarm Mode = "prewarm"
)

// freshStart is up to how long a start may take that is made for each call.
const freshStart = 100 * time.Microsecond

// Safety is what was found out about a module's instances when it was loaded.
type Safety struct {
	Restore      bool          // an instance may be used again after it was restored
	Why          string        // one sentence: why the mode was chosen, or why restoring isn't possible
	EntropyBytes int           // bytes that differed between two instances; -1: not compared
	Start        time.Duration // what a new instance costs
}

// Mode is the mode that the module runs in: Fresh, Restore or Prewarm.
func (m *Module) Mode() Mode {
	if m.mode == Restore && m.unsound.Load() {
		return Fresh
	}
	return m.mode
}

// Safety is what was found out about the module's instances.
func (m *Module) Safety() Safety { return m.safety }

// choose is the mode for a module whose probe gave s, and why.
func choose(wanted Mode, s Safety) (Mode, string) {
	switch {
	case wanted != Auto && wanted != Restore:
		return wanted, "it was asked for"
	case s.Restore:
		return Restore, s.Why
	case s.Start <= freshStart:
		return Fresh, "it starts in " + s.Start.Round(time.Microsecond).String() + ", and can't be restored: it " + s.Why
	}
	return Prewarm, "it takes " + s.Start.Round(time.Microsecond).String() + " to start, and can't be restored: it " + s.Why
}
