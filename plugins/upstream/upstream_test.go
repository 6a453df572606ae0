package upstream_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/acrhost/acrhost/plugins/upstream"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/steptest"
)

// asks is what the step asked upstream_begin for, and what it answered.
func asks(t *testing.T, config string, change func(*abi.Input)) (abi.Output, string) {
	t.Helper()
	var request []byte
	out := steptest.New(t, upstream.Type()).Config(config).Input(change).
		Capability("upstream_begin", func(q []byte) (abi.Status, []byte) {
			request = q
			return abi.OK, []byte(`{"url":"https://id.example/authorize?state=x"}`)
		}).Run()
	return out, string(request)
}

func TestGoesThere(t *testing.T) {
	for _, tt := range []struct {
		name, config, want string
		change             func(*abi.Input)
	}{
		{"nothing asked", `{"provider":"acme"}`, `{"provider":"acme","acr_values":[]}`, func(*abi.Input) {}},
		{"what the client asked", `{"provider":"acme"}`, `{"provider":"acme","acr_values":["2","1"],"prompt":"login select_account","max_age":60,"login_hint":"alice"}`, func(in *abi.Input) {
			in.Request.ACRValues, in.Request.Prompt = []string{"2", "1"}, []string{"select_account", "consent", "login"}
			in.Request.MaxAge, in.Request.LoginHint = new(int64(60)), new("alice")
		}},
		{"what the step asks", `{"provider":"acme","acr_values":["phr"],"prompt":"consent","max_age":"10s"}`, `{"provider":"acme","acr_values":["phr"],"prompt":"login consent","max_age":10}`, func(in *abi.Input) {
			in.Request.ACRValues, in.Request.Prompt, in.Request.MaxAge = []string{"1"}, []string{"login"}, new(int64(60))
		}},
		{"the step asks for less than the client", `{"provider":"acme","prompt":"select_account"}`, `{"provider":"acme","acr_values":[],"prompt":"login select_account"}`, func(in *abi.Input) { in.Request.Prompt = []string{"login"} }},
		{"the client asks for a younger one", `{"provider":"acme","max_age":"10s"}`, `{"provider":"acme","acr_values":[],"max_age":0}`, func(in *abi.Input) { in.Request.MaxAge = new(int64(0)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, request := asks(t, tt.config, tt.change)
			if request != tt.want || out.Redirect == nil || out.Redirect.URL != "https://id.example/authorize?state=x" {
				t.Errorf("asked %s, want %s; out %+v", request, tt.want, out)
			}
		})
	}
}

func TestBeginFails(t *testing.T) {
	for status, want := range map[abi.Status]string{abi.UpstreamFault: "failed", abi.NotFound: "!not_found", abi.Denied: "!denied", abi.BadRequest: "!bad_request"} {
		out := steptest.New(t, upstream.Type()).Config(`{"provider":"acme"}`).Capability("upstream_begin", steptest.Refuse(status)).Run()
		if got := word(out); got != want {
			t.Errorf("%v: got %s, want %s", status, got, want)
		}
	}
}

func word(out abi.Output) string {
	switch {
	case out.Error != nil:
		return "!" + out.Error.Code
	case out.Prompt != nil:
		return "asks"
	}
	return out.Outcome
}

func TestComesBack(t *testing.T) {
	for _, tt := range []struct {
		name, answer, want, acr string
		interactive             bool
	}{
		{"signed in", `{"ok":true,"claims":{"sub":"1"},"acr":"2.0"}`, "ok", `"2.0"`, true},
		{"without a value", `{"ok":true}`, "ok", "", true},
		{"cancelled there", `{"ok":false,"error":"access_denied"}`, "cancelled", "", true},
		{"not linked", `{"ok":false,"error":"unlinked"}`, "failed", "", true},
		{"the provider wants to ask", `{"ok":false,"error":"login_required"}`, "failed", "", true},
		{"and may not", `{"ok":false,"error":"login_required"}`, "asks", "", false},
		{"refused in silence", `{"ok":false,"error":"access_denied"}`, "cancelled", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := steptest.New(t, upstream.Type()).Config(`{"provider":"acme"}`).Answer("submit", nil).
				Input(func(in *abi.Input) { in.Call.Interactive = tt.interactive }).
				Capability("upstream_finish", func([]byte) (abi.Status, []byte) { return abi.OK, []byte(tt.answer) }).Run()
			if word(out) != tt.want || string(out.ACR) != tt.acr {
				t.Errorf("got %+v, acr %s", out, out.ACR)
			}
		})
	}
	for status, want := range map[abi.Status]string{abi.UpstreamFault: "failed", abi.NotFound: "failed", abi.Denied: "!denied"} {
		out := steptest.New(t, upstream.Type()).Config(`{"provider":"acme"}`).Answer("submit", nil).Capability("upstream_finish", steptest.Refuse(status)).Run()
		if got := word(out); got != want {
			t.Errorf("%v: got %s, want %s", status, got, want)
		}
	}
}

// A login that still counts passes at once, with what it is worth; one at another
// provider does not.
func TestPassesSilently(t *testing.T) {
	call := func(config string, method string, ago time.Duration) abi.Output {
		return steptest.New(t, upstream.Type()).Config(config).Subject("u1", "alice").Evidence(method, ago, "pwd").
			Input(func(in *abi.Input) {
				in.Upstream = map[string]abi.Upstream{"acme": {Claims: map[string]any{}, ACR: new("2.0")}}
			}).
			Capability("upstream_begin", func([]byte) (abi.Status, []byte) { return abi.OK, json.RawMessage(`{"url":"https://id.example/"}`) }).Run()
	}
	if out := call(`{"provider":"acme"}`, "upstream:acme", time.Hour); out.Outcome != "ok" || string(out.ACR) != `"2.0"` {
		t.Errorf("got %+v", out)
	}
	for name, out := range map[string]abi.Output{
		"another provider": call(`{"provider":"acme"}`, "upstream:other", time.Minute),
		"too old":          call(`{"provider":"acme","max_age":"10m"}`, "upstream:acme", time.Hour),
		"always":           call(`{"provider":"acme","always":true}`, "upstream:acme", time.Minute),
	} {
		if out.Redirect == nil {
			t.Errorf("%s: got %+v", name, out)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for _, config := range []string{`{}`, `{"provider":"acme","max_age":60}`, `{"provider":"acme","url":"https://evil.example"}`} {
		if fault := steptest.New(t, upstream.Type()).Config(config).Fault(); fault.Code != "config" {
			t.Errorf("%s: %+v", config, fault)
		}
	}
}
