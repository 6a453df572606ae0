package plugin_test

import (
	"context"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// givesURL is a host whose capabilities gave out one URL in this call.
type givesURL struct{ url string }

func (givesURL) Call(context.Context, string, []byte) (abi.Status, []byte) { return abi.Denied, nil }
func (g givesURL) Redirects() []string                                     { return []string{g.url} }

// TestChangedRedirect: a guest may send the browser to the URL that it was given, and to
// none that looks like it.
func TestChangedRedirect(t *testing.T) {
	const given = "https://id.example/authorize?client_id=broker&state=x"
	r := newRuntime(t, plugin.Config{})
	for url, class := range map[string]plugin.Class{
		given:                             "",
		given + "&prompt=none":            plugin.OutputInvalid,
		given + "#":                       plugin.OutputInvalid,
		given[:len(given)-1] + "y":        plugin.OutputInvalid,
		"https://id.example/authorize":    plugin.OutputInvalid,
		"HTTPS" + given[5:]:               plugin.OutputInvalid,
		"https://id.example.evil.example": plugin.OutputInvalid,
		" " + given:                       plugin.OutputInvalid,
	} {
		m := load(t, r, plugin.Spec{Wasm: wat(t, answering(`{"redirect":{"url":"`+url+`"}}`))})
		_, err := m.Call(t.Context(), abi.Input{}, givesURL{given})
		if got := failure(t, err).Class; got != class {
			t.Errorf("%s: %q, want %q", url, got, class)
		}
	}
}
