package plugin_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// packed is a module with a manifest in its custom section.
func packed(wasm []byte, manifests ...string) []byte {
	out := bytes.Clone(wasm)
	for _, m := range manifests {
		body := append(append([]byte{byte(len("acrhost.manifest"))}, "acrhost.manifest"...), m...)
		out = append(out, 0)
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out
}

const askingManifest = `{"name":"com.example.risk","version":"1","abi_min":"1.0","later":true,"steps":{"score":{"outcomes":["ok"],
	"writes":{"vars":["risk"],"acr":["2.*"],"amr":["hwk"],"claims":["role"],"evidence":["device"],"subject":true},"capabilities":["kv_get"]}}}`

func TestManifestSection(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"kv_get"}})
	bare := wat(t, answering(`{"outcome":"ok"}`))
	m := load(t, r, plugin.Spec{Wasm: packed(bare, askingManifest), Grant: plugin.Grant{All: true}})
	if got := m.Manifest(); got.Name != "com.example.risk" || len(got.Steps) != 1 || m.Undescribed() != nil {
		t.Errorf("manifest %+v, %v", got, m.Undescribed())
	}
	m = load(t, r, plugin.Spec{Wasm: bare})
	if len(m.Manifest().Steps) != 0 || m.Undescribed() == nil {
		t.Errorf("a bare module describes %+v, %v", m.Manifest(), m.Undescribed())
	}
}

func TestManifestRefused(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	bare := wat(t, answering(`{"outcome":"ok"}`))
	tests := map[string]struct {
		manifests []string
		want      []string
	}{
		"no JSON":           {[]string{`hello`}, []string{"manifest"}},
		"no name":           {[]string{`{"steps":{"a":{"outcomes":["ok"]}}}`}, []string{"needs a name"}},
		"no steps":          {[]string{`{"name":"x"}`}, []string{"and a step"}},
		"no outcome":        {[]string{`{"name":"x","steps":{"a":{}}}`}, []string{`step "a" declares no outcome`}},
		"a member twice":    {[]string{`{"name":"x","name":"y","steps":{"a":{"outcomes":["ok"]}}}`}, []string{"duplicate"}},
		"a later minor ABI": {[]string{`{"name":"x","abi_min":"1.9","steps":{"a":{"outcomes":["ok"]}}}`}, []string{"needs ABI 1.9"}},
		"another major ABI": {[]string{`{"name":"x","abi_min":"0.1","steps":{"a":{"outcomes":["ok"]}}}`}, []string{"needs ABI 0.1"}},
		"no version":        {[]string{`{"name":"x","abi_min":"one","steps":{"a":{"outcomes":["ok"]}}}`}, []string{"not a version"}},
		"two sections":      {[]string{askingManifest, askingManifest}, []string{"two sections"}},
		"too long":          {[]string{strings.Repeat(" ", 300<<10)}, []string{"longer than"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: packed(bare, tt.manifests...), Grant: plugin.Grant{All: true}})
			refused(t, err, tt.want...)
		})
	}
}

// TestManifestOutsideTheGrant lists every request that the operator didn't grant.
func TestManifestOutsideTheGrant(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	wasm := packed(wat(t, answering(`{"outcome":"ok"}`)), askingManifest)
	_, err := r.Load(t.Context(), plugin.Spec{Name: "bad", Wasm: wasm, Grant: plugin.Grant{Vars: []string{"other"}, ACR: []string{"2.5"}}})
	refused(t, err, `variable "risk"`, `acr "2.*"`, `amr "hwk"`, `claim "role"`, `evidence of "device"`, `capability "kv_get"`, "set the subject")
	load(t, r, plugin.Spec{Wasm: wasm, Grant: plugin.Grant{
		Vars: []string{"r*"}, ACR: []string{"2.*"}, AMR: []string{"*"}, Claims: []string{"role"},
		Evidence: []string{"device"}, Subject: true, Capabilities: []string{"kv_get"},
	}})
}

// TestTheGrantComesBeforeTheCompiler loads modules whose code is no code: that they are
// refused for what they ask for shows that nobody looked at it.
func TestTheGrantComesBeforeTheCompiler(t *testing.T) {
	r := newRuntime(t, plugin.Config{Capabilities: []string{"kv_get"}})
	bare := wat(t, answering(`{"outcome":"ok"}`))
	// No instruction, in the place of the last one before the end of a body.
	broken := bytes.Clone(bare)
	at := bytes.Index(broken, []byte{0x41, 0x00, 0x0b}) // i32.const 0, end
	if at < 0 {
		t.Fatal("the module's end isn't what was expected")
	}
	broken[at] = 0xff
	if _, err := r.Load(t.Context(), plugin.Spec{Wasm: broken}); err == nil || !strings.Contains(err.Error(), "0xff") {
		t.Fatalf("the code can be compiled: %v", err)
	}
	_, err := r.Load(t.Context(), plugin.Spec{Wasm: packed(broken, askingManifest), Grant: plugin.Grant{Vars: []string{"risk"}, ACR: []string{"2.*"}}})
	if err == nil || !strings.Contains(err.Error(), `request outside the grant: step score asks for the amr "hwk"`) || strings.Contains(err.Error(), "0xff") {
		t.Errorf("got %v", err)
	}
	_, err = r.Load(t.Context(), plugin.Spec{Wasm: broken, Packed: true})
	if err == nil || !strings.Contains(err.Error(), "it has no section acrhost.manifest") || strings.Contains(err.Error(), "0xff") {
		t.Errorf("got %v", err)
	}
}

func TestDescribe(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	m := load(t, r, plugin.Spec{Wasm: wat(t, answering(`{"outcome":"ok"}`)), Grant: plugin.Grant{All: true}})
	if doc, err := m.Describe(t.Context()); err == nil {
		t.Errorf("a module that describes nothing says %q", doc)
	}
}
