package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

const (
	// largeModule is what few modules need: Go's come to about 4 MiB.
	largeModule = 16 << 20
	// slowStart is a start that users notice when every call has one.
	slowStart = 2 * time.Millisecond
	// muchDebug is debug information that is worth a word.
	muchDebug = 16 << 10
)

// file looks at what a module is, besides what it says.
func (l *list) file(r plugin.Report) {
	if r.FileBytes > largeModule {
		l.warn("", fmt.Sprintf("it has %d bytes", r.FileBytes), "build without debug information and for size; a host compiles all of it when it loads")
	}
	for _, e := range r.Exports {
		if e.Type == plugin.MutableGlobal {
			l.warn("", fmt.Sprintf("it exports the mutable global %q", e.Name), "nobody but the module itself should change it: leave it out of the exports")
		}
	}
	if r.Memory.Min > r.Memory.Limit/2 {
		l.warn("", fmt.Sprintf("it starts with %d KiB of memory, of %d", r.Memory.Min>>10, r.Memory.Limit>>10), "a smaller stack or smaller static data leave room for a call")
	}
	if start := time.Duration(r.StartNS); !r.Restore && start > slowStart {
		l.warn("", fmt.Sprintf("each call waits for a new instance, or one is kept ready: a start takes %s, and it can't be shared: %s", start.Round(100*time.Microsecond), r.Why),
			"where nothing that is drawn at the start decides anything in a call, say so in the manifest: snapshot_safe")
	}
}

// sections looks at what a host leaves out.
func (l *list) sections(customs []rewrite.Custom) {
	debug := 0
	for _, c := range customs {
		if strings.HasPrefix(c.Name, ".debug_") {
			debug += len(c.Data)
		}
	}
	if debug > muchDebug {
		l.warn("", fmt.Sprintf("%d bytes of it are debug information, with the paths of the machine that built it", debug), "strip it: the linker's option is --strip-all or -s")
	}
}

// plain is a text of the module without what a terminal would obey.
func plain(s string) string {
	quoted := fmt.Sprintf("%q", s)
	return quoted[1 : len(quoted)-1]
}
