package plugin

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Module is a loaded module. It is safe for concurrent use.
type Module struct {
	runtime  *Runtime
	spec     Spec // without the bytes
	digest   string
	carrier  carrier
	code     *code
	key      codeKey
	init     bool // it exports _initialize
	manifest abi.Manifest
	packed   bool  // the manifest came from the module's section
	why      error // why there is no manifest
	breaker  *breaker
	static   Report // the part that was read before anything ran
	names    *names // with Spec.Trace
	close    sync.Once

	mode    Mode
	safety  Safety
	image   *image // of Restore
	pool    *pool
	unsound atomic.Bool // something was missed once: see verified
}

// carrier is how documents reach a module.
type carrier int

const (
	reactor carrier = iota // exports of acrhost_step_v1
	command                // _start, with standard input and output
)

// Manifest is what the module says of itself: from its section acrhost.manifest, else
// from describe. Without either it has no steps: such a module can be called, but
// not be used in a journey. The caller must not change it.
func (m *Module) Manifest() abi.Manifest { return m.manifest }

// Undescribed says why Manifest has no steps; nil when it has.
func (m *Module) Undescribed() error { return m.why }

// Digest is "sha256:<hex>" of the module as it was given.
func (m *Module) Digest() string { return m.digest }

// Limits are those of each call, none of them zero.
func (m *Module) Limits() Limits { return m.spec.Limits }

// Close frees the module, once the calls under way have ended; no other ones begin. The
// error is that ctx ended before: then the module keeps what it has.
func (m *Module) Close(ctx context.Context) error {
	var err error
	m.close.Do(func() { err = m.free(ctx) })
	return err
}

func (m *Module) free(ctx context.Context) error {
	m.runtime.forget(m)
	if err := m.pool.close(ctx); err != nil {
		return fmt.Errorf("close plugin %s: %w", m.spec.Name, err)
	}
	if m.image != nil {
		m.image.close()
	}
	if m.code == nil {
		return nil
	}
	return m.runtime.release(ctx, m.key, m.code)
}

// Digest is "sha256:<hex>" of a module's bytes.
func Digest(wasm []byte) string { return artifact.Digest(wasm) }
