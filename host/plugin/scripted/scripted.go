package scripted

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// timeout is how long a call may take: not the ABI's second, since a busy machine is no
// fault of the module's, and fuel bounds it all the same.
const timeout = 30 * time.Second

// Spec is what to load a module by for New: all that it asks for is granted, and it is
// called however often it fails. The other limits are those of the ABI.
func Spec(name string, wasm []byte) plugin.Spec {
	return plugin.Spec{
		Name: name, Wasm: wasm, Grant: plugin.Grant{All: true},
		Limits: plugin.Limits{Timeout: timeout}, Breaker: plugin.Breaker{Failures: -1},
	}
}

// New makes a module that vectors can be run on.
func New(m *plugin.Module) vector.Module { return module{m} }

type module struct{ loaded *plugin.Module }

// Manifest is what the module said when it was loaded.
func (m module) Manifest() (abi.Manifest, error) {
	return m.loaded.Manifest(), m.loaded.Undescribed()
}

// Call runs one call. A fault of the call is in the answer.
func (m module) Call(ctx context.Context, input []byte, answer func(string, []byte) (abi.Status, []byte)) (vector.Answer, error) {
	output, stats, err := m.loaded.Try(ctx, input, &host{answer: answer})
	got := vector.Answer{Output: output}
	for _, line := range stats.Logs {
		got.Logs = append(got.Logs, vector.Line{Level: vector.LevelName(line.Level), Text: line.Message})
	}
	if err == nil {
		return got, nil
	}
	fault, ok := errors.AsType[*plugin.Error](err)
	if !ok {
		return vector.Answer{}, fmt.Errorf("run the module: %w", err)
	}
	got.Fault = &vector.Fault{Class: string(fault.Class), Code: fault.Code, Message: fault.Message}
	return got, nil
}

// host answers by the script, and knows the URLs that it gave: the guest may send the
// browser to those.
type host struct {
	answer    func(string, []byte) (abi.Status, []byte)
	redirects []string
}

// Call answers a capability call.
func (h *host) Call(_ context.Context, capability string, request []byte) (abi.Status, []byte) {
	status, answer := h.answer(capability, request)
	var begun abi.UpstreamBegun
	if capability == "upstream_begin" && status == abi.OK && json.Unmarshal(answer, &begun) == nil {
		h.redirects = append(h.redirects, begun.URL)
	}
	return status, answer
}

// Redirects are the URLs that were given.
func (h *host) Redirects() []string { return h.redirects }
