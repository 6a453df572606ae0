package plugin

import "time"

// Mode is how a module gets an instance for each call.
type Mode string

// The modes. Auto picks one of the others when a module is loaded.
const (
	Auto    Mode = "auto"
	Fresh   Mode = "fresh"
	Restore Mode = "restore"
	Prewarm Mode = "prewarm"
)

// Safety is what was found out about a module's instances when it was loaded.
type Safety struct {
	Restore      bool          // an instance may be used again after it was restored
	Why          string        // one sentence: why the mode was chosen, or why restoring isn't possible
	EntropyBytes int           // bytes that differed between two instances; -1: not compared
	Start        time.Duration // what a new instance costs
}

// Mode is the mode that the module runs in.
func (m *Module) Mode() Mode { return Fresh }

// Safety is what was found out about the module's instances.
func (m *Module) Safety() Safety {
	return Safety{Why: "every call gets a new instance", EntropyBytes: -1}
}
