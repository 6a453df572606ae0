package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// declared are the capabilities that the step types declare.
func declared() []string {
	return []string{
		"address_confirm", "address_enroll", "consent_check", "consent_give", "http_fetch", "otp_send", "otp_verify", "passkey_login", "passkey_login_options", "passkey_register", "passkey_register_options",
		"password_set", "password_verify", "recovery_confirm", "recovery_generate", "recovery_verify",
		"totp_confirm", "totp_enroll", "totp_verify", "upstream_begin", "upstream_finish", "user_factors", "user_identify",
	}
}

// TestStandard builds the module and runs it in the real host, with a grant of what
// its step types declare and nothing else: that it loads shows that it imports no
// more.
func TestStandard(t *testing.T) {
	runtime, err := plugin.New(t.Context(), plugin.Config{Capabilities: declared()})
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.Close(t.Context())
	wasm := build(t)
	spec := plugin.Spec{Name: "standard", Wasm: wasm, Grant: plugin.Grant{Capabilities: declared(), AMR: []string{"*"}}}
	m, err := runtime.Load(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("manifest", func(t *testing.T) { compareManifest(t, m.Manifest()) })
	t.Run("calls", func(t *testing.T) { calls(t, m) })
	t.Run("without a grant", func(t *testing.T) {
		for i, name := range declared() {
			spec.Grant.Capabilities = slices.Delete(declared(), i, i+1)
			if _, err := runtime.Load(t.Context(), spec); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%q was not granted, and loading gave %v", name, err)
			}
		}
	})
	// Whoever builds the module gets the same bytes, and so the digest to pin.
	t.Run("built again", func(t *testing.T) {
		if !bytes.Equal(wasm, build(t)) {
			t.Error("two builds differ")
		}
	})
}

// compareManifest holds the manifest against its schema and the golden file.
func compareManifest(t *testing.T, manifest abi.Manifest) {
	t.Helper()
	got, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	conforms(t, schema.Manifest(), got)
	for name, step := range manifest.Steps {
		// A schema that is none could not be held against anything.
		t.Run(name, func(t *testing.T) { compile(t, string(step.ConfigSchema)) })
	}
	if *update {
		if err := os.WriteFile("testdata/manifest.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("manifest (-want +got; -update writes it):\n%s", diff)
	}
}

func compile(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conforms(t *testing.T, schemaText string, document []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := compile(t, schemaText).Validate(value); err != nil {
		t.Error(err)
	}
}

// calls makes a call of each kind of answer.
func calls(t *testing.T, m *plugin.Module) {
	t.Helper()
	tests := []struct {
		name, step, config string
		want               abi.Output
		failure            string // the class
	}{
		{"a value", "set-acr", `{"acr":"2.0"}`, abi.Output{Outcome: "ok", ACR: []byte(`"2.0"`)}, ""},
		{"a branch", "condition", `{"when":false}`, abi.Output{Outcome: "false"}, ""},
		{"a page", "display", `{"text":"<b>"}`, abi.Output{Prompt: &abi.Prompt{
			Text: "<b>", Actions: []abi.Action{{Name: "submit", Label: "Continue"}},
		}}, ""},
		{"a wrong configuration", "set-acr", `{"acr":2}`, abi.Output{}, "guest_error"},
		{"a capability, denied", "identify", `{}`, abi.Output{}, "guest_error"},
	}
	hint := "alice"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := m.Call(t.Context(), abi.Input{
				Call: abi.Call{Type: tt.step, Attempt: 1, Interactive: true}, Config: []byte(tt.config),
				Request: abi.Request{LoginHint: &hint},
			}, nil)
			if tt.failure == "" && err != nil || tt.failure != "" && !failedAs(err, tt.failure) {
				t.Fatalf("error %v, want class %q", err, tt.failure)
			}
			if diff := cmp.Diff(tt.want, got.Output); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func failedAs(err error, class string) bool {
	failure, ok := errors.AsType[*plugin.Error](err)
	return ok && string(failure.Class) == class
}
