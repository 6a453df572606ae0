package scripted_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/plugintest"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// standard is the standard plugin, as make builds it.
func standard(t *testing.T) vector.Module {
	t.Helper()
	const path = "../../../plugins/dist/standard.wasm"
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the standard plugin is not built: run make plugins (%v)", err)
	}
	return plugintest.Open(t, path)
}

func denied(string, []byte) (abi.Status, []byte) { return abi.Denied, nil }

func call(t *testing.T, m vector.Module, input string, answer func(string, []byte) (abi.Status, []byte)) vector.Answer {
	t.Helper()
	got, err := m.Call(context.Background(), []byte(input), answer)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What goes wrong in a call is in the answer, with the class that a journey would see.
func TestFaults(t *testing.T) {
	m := standard(t)
	tests := []struct {
		name, input, class, code string
	}{
		{"no such step", `{"call":{"type":"nothing"}}`, "guest_error", "unknown_type"},
		{"no input", `[]`, "guest_error", "input_invalid"},
		{"cut off", `{"call":`, "guest_error", "input_invalid"},
		{"too large", `{"call":{"type":"set-acr"},"later":"` + strings.Repeat("x", abi.MaxInput) + `"}`, "guest_error", "input_limit"},
		{"configuration", `{"call":{"type":"set-acr"},"config":{}}`, "guest_error", "config"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := call(t, m, tt.input, denied)
			if got.Fault == nil || got.Output != nil || got.Fault.Class != tt.class || got.Fault.Code != tt.code {
				t.Errorf("answer %s, fault %+v; want %s with %s", got.Output, got.Fault, tt.class, tt.code)
			}
		})
	}
}

// A redirect is only to a URL that the script gave in the same call, by upstream_begin
// and with the status ok.
func TestRedirect(t *testing.T) {
	const begin = `{"call":{"type":"upstream","interactive":true},"config":{"provider":"acme"}}`
	m := standard(t)
	got := call(t, m, begin, func(name string, _ []byte) (abi.Status, []byte) {
		return abi.OK, []byte(`{"url":"https://acme.example/` + name + `"}`)
	})
	if got.Fault != nil || !strings.Contains(string(got.Output), "https://acme.example/upstream_begin") {
		t.Errorf("answer %s, %+v", got.Output, got.Fault)
	}
	got = call(t, m, begin, denied)
	if strings.Contains(string(got.Output), "redirect") {
		t.Errorf("it redirects to %s, which nobody gave", got.Output)
	}
}

func TestUndescribed(t *testing.T) {
	wat := []byte("\x00asm\x01\x00\x00\x00" + // a module with a memory and acrhost_step_v1, which returns 0
		"\x01\x05\x01\x60\x00\x01\x7f" + "\x03\x02\x01\x00" + "\x05\x03\x01\x00\x01" +
		"\x07\x1c\x02\x06memory\x02\x00\x0facrhost_step_v1\x00\x00" + "\x0a\x06\x01\x04\x00\x41\x00\x0b")
	m := plugintest.Load(t, "bare", wat, plugin.Fresh)
	if _, err := m.Manifest(); err == nil || !strings.Contains(err.Error(), "acrhost_describe_v1") {
		t.Errorf("error %v", err)
	}
	if got := call(t, m, `{"call":{"type":"any"}}`, denied); got.Fault == nil || got.Fault.Class != "output_invalid" {
		t.Errorf("no output is %s, %+v", got.Output, got.Fault)
	}
}
