//go:build !linux

package resident

// dropProgram can't be had here.
func dropProgram() {}
