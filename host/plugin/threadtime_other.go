//go:build !linux

package plugin

import "time"

// threadTime isn't known here: what a guest did is counted in instructions alone.
func threadTime() time.Duration { return 0 }
