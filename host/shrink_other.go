//go:build !linux

package host

func unmapProgram() {}
