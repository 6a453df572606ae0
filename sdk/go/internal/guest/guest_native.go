//go:build !wasip1

package guest

import (
	"fmt"
	"os"
)

// Input is empty: there is no host.
func Input() []byte { return nil }

// Output drops the document: there is no host.
func Output([]byte) {}

// Log writes the line to stderr, where a command's log goes.
func Log(level int32, line string) { fmt.Fprintf(os.Stderr, "log %d: %s\n", level, line) }
