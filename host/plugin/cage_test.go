package plugin_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// cage is a canary in a module, and the deeds that it can do.
type cage struct {
	*plugin.Module
	t     *testing.T
	deeds []deed
	want  []byte // what the first call saw
}

const canaryFuel = 3_000_000

func inCages(t *testing.T, deeds []deed, test func(*cage)) {
	t.Helper()
	r := newRuntime(t, plugin.Config{Capabilities: []string{"http_fetch"}})
	spec := plugin.Spec{Wasm: wat(t, canary(deeds)), Grant: plugin.Grant{Capabilities: []string{"http_fetch"}}, Limits: plugin.Limits{Fuel: canaryFuel}}
	var first []byte
	inEveryMode(t, r, spec, "", func(t *testing.T, m *plugin.Module) {
		c := &cage{Module: m, t: t, deeds: deeds, want: first}
		first = c.sees("nothing")
		test(c)
	})
}

// secrets answers every capability call with a secret.
func secrets() plugin.Host {
	return hostFunc(func(context.Context, string, []byte) (abi.Status, []byte) {
		return abi.OK, bytes.Repeat([]byte("secret! "), 2000)
	})
}

// document asks for the deed of a name.
func (c *cage) document(name string, at, n uint32) []byte {
	number := 0
	for i, d := range c.deeds {
		if d.name == name {
			number = i + 1
		}
	}
	d := binary.LittleEndian.AppendUint32(nil, uint32(number))
	d = binary.LittleEndian.AppendUint32(d, at)
	return append(binary.LittleEndian.AppendUint32(d, n), bytes.Repeat([]byte("secret"), 2000)...)
}

// does makes the canary do something, and holds that it saw nothing of what was done
// before.
func (c *cage) does(name string, at, n uint32, before string) {
	c.t.Helper()
	out, _, err := c.Run(c.t.Context(), c.document(name, at, n), secrets())
	if err != nil {
		c.t.Fatalf("%s at %d, %d bytes: %v", name, at, n, err)
	}
	if c.want == nil {
		c.want = out
	}
	if !bytes.Equal(out, c.want) {
		c.t.Fatalf("after %s the next call sees %x, the first one saw %x", before, out, c.want)
	}
}

// sees is what a call sees that does nothing.
func (c *cage) sees(after string) []byte {
	c.t.Helper()
	c.does("nothing", 0, 0, after)
	return c.want
}

// fails makes the canary fail. What its output is worth only Call says.
func (c *cage) fails(name string) plugin.Class {
	c.t.Helper()
	ctx, cancel := c.t.Context(), context.CancelFunc(func() {})
	if name == string(plugin.Timeout) {
		ctx, cancel = context.WithTimeout(ctx, 20*time.Millisecond)
	}
	defer cancel()
	out, _, err := c.Run(ctx, c.document(name, 0, 0), secrets())
	if err != nil {
		return failure(c.t, err).Class
	}
	return c.judged(out)
}

// judged is the class of an output, by a guest that answers with it.
func (c *cage) judged(out []byte) plugin.Class {
	c.t.Helper()
	m := load(c.t, newRuntime(c.t, plugin.Config{}), plugin.Spec{Wasm: wat(c.t, answering(string(out)))})
	_, err := m.Call(c.t.Context(), abi.Input{}, nil)
	return failure(c.t, err).Class
}
