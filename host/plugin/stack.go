package plugin

import (
	"fmt"
	"reflect"

	"github.com/tetratelabs/wazero/api"
)

// The depth bounds the frames of a guest's stack, but not how large the engine makes them: it
// gives each value that it can't keep in a register a place of its own, and a call can leave
// a thousand of them. The engine's own bound is some 100 MB for a call, and it never makes a
// stack smaller again. No more guests run at once than there are processors; it is those that
// wait, and those that are kept for the next call, that would take the host's memory.
const (
	maxWaitingStack = 16 << 20 // of a guest that lets others go first, in bytes
	maxIdleStack    = 1 << 20  // of an instance that is kept
)

// stackField is the slice in which the engine keeps the stack of an export, which it offers no
// function for; the zero value where it has none, as a function of the host has not.
func stackField(f api.Function) reflect.Value {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	if stack := v.Elem().FieldByName("stack"); stack.Kind() == reflect.Slice {
		return stack
	}
	return reflect.Value{}
}

// stackBytes is how long the stack of an export has become.
func (f namedFunction) stackBytes() int {
	if !f.stack.IsValid() {
		return 0
	}
	return f.stack.Len() * int(f.stack.Type().Elem().Size())
}

// stackBytes is how long the stacks of the instance have become.
func (i *instance) stackBytes() (n int) {
	for _, f := range i.funcs {
		n += f.stackBytes()
	}
	return n
}

// beforeWaiting ends the call of a guest that is about to wait with too long a stack.
func (in *invocation) beforeWaiting() {
	if n := in.instance.stackBytes(); n > maxWaitingStack {
		in.fail(Stack, fmt.Sprintf("its stack takes more than %d MiB", maxWaitingStack>>20))
	}
}
