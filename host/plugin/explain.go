package plugin

import (
	"errors"
	"fmt"
	"strings"
)

// explain finds the class of a call that didn't return, and for who develops the module
// where it was.
func (in *invocation) explain(i *instance, err error) *Error {
	fault := in.classify(i, err)
	if in.names != nil && fault != nil {
		fault.Trace = in.names.trace(err.Error())
	}
	return fault
}

func (in *invocation) classify(i *instance, err error) *Error {
	text := strings.TrimPrefix(oneLine(err.Error()), "wasm error: ")
	switch {
	case in.fault != nil:
		return in.fault
	case in.exited && errors.Is(err, exitCall{}):
		return in.exit(i)
	case int64(i.depth.Get()) < 0:
		return &Error{Class: Stack, Code: string(Stack), Message: fmt.Sprintf("calls are nested more than %d deep", in.limits.CallDepth)}
	case strings.Contains(text, "stack overflow"):
		return &Error{Class: Stack, Code: string(Stack), Message: "the stack is exhausted"}
	case i.refused.Get() != 0:
		return outOfMemory(in, text)
	}
	return trap(text)
}

// exit judges proc_exit: only a command may, and only with 0.
func (in *invocation) exit(i *instance) *Error {
	if in.stdout && in.ready && in.code == 0 {
		return nil
	}
	if tail := strings.TrimSpace(strings.ToValidUTF8(string(in.log.tail), "")); tail != "" {
		return i.failed(in, tail)
	}
	return i.failed(in, fmt.Sprintf("it ended itself with exit code %d", in.code))
}

// failed is the error of a guest that gave up by itself: because it was refused
// memory, or for a reason of its own.
func (i *instance) failed(in *invocation, message string) *Error {
	if i.refused.Get() != 0 {
		return outOfMemory(in, message)
	}
	return &Error{Class: GuestError, Code: string(GuestError), Message: message}
}

func outOfMemory(in *invocation, text string) *Error {
	return &Error{Class: Memory, Code: string(Memory), Message: fmt.Sprintf("wanted more than %d bytes of memory: %s", in.limits.MemoryBytes, text)}
}

func trap(message string) *Error {
	return &Error{Class: Trap, Code: string(Trap), Message: message}
}
