package plugin_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
)

// TestHostileDocuments has a guest answer with what no parser may guess at, in every
// mode. None of it is taken, and the call after it is answered.
func TestHostileDocuments(t *testing.T) {
	documents := map[string]string{
		"bad UTF-8":                         "{\"outcome\":\"o\xffk\"}",
		"overlong UTF-8":                    "{\"outcome\":\"o\xc0\xafk\"}",
		"a surrogate in UTF-8":              "{\"outcome\":\"o\xed\xa0\x80k\"}",
		"half an escaped surrogate":         `{"outcome":"ok","vars":{"x":"\udc00"}}`,
		"a NUL":                             "{\"outcome\":\"ok\x00\"}",
		"duplicate member":                  `{"outcome":"ok","outcome":"admin"}`,
		"duplicate deep inside":             `{"outcome":"ok","vars":{"a":[{"b":1,"b":2}]}}`,
		"duplicate by an escape":            `{"outcome":"ok","\u006futcome":"admin"}`,
		"unknown member":                    `{"outcome":"ok","admin":true}`,
		"unknown member inside":             `{"outcome":"ok","subject":{"id":"u","admin":true}}`,
		"a member that differs in case":     `{"outcome":"ok","Subject":{"id":"root"}}`,
		"a kind that differs in case":       `{"outcome":"ok","OUTCOME":"admin"}`,
		"a member by another letter's case": `{"outcome":"ok","ſubject":{"id":"root"}}`,
		"a case that differs deep inside":   `{"prompt":{"Title":"x"}}`,
		"trailing data":                     `{"outcome":"ok"} x`,
		"a trailing NUL":                    "{\"outcome\":\"ok\"}\x00",
		"a second document":                 `{"outcome":"ok"}{"outcome":"ok"}`,
		"deep nesting":                      `{"outcome":"ok","vars":{"x":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + `}}`,
		"nesting without end":               `{"outcome":"ok","vars":{"x":` + strings.Repeat("[", 30_000),
		"two kinds":                         `{"outcome":"ok","prompt":{}}`,
		"every kind":                        `{"outcome":"ok","prompt":{},"redirect":{"url":"x"},"error":{"code":"x","message":"x"}}`,
		"no kind":                           `{"acr":"2.5"}`,
		"an endless number":                 `{"outcome":"ok","vars":{"x":` + strings.Repeat("9", 30_000) + `e}}`,
		"no number":                         `{"outcome":"ok","vars":{"x":NaN}}`,
		"a number with a leading zero":      `{"outcome":"ok","vars":{"x":01}}`,
		"single quotes":                     `{'outcome':'ok'}`,
		"nothing but white space":           "   \n",
		"a list":                            `[{"outcome":"ok"}]`,
	}
	const good = `{"outcome":"ok"}`
	s := plugin.Spec{Wasm: wat(t, echo), Grant: plugin.Grant{Subject: true}}
	inEveryMode(t, newRuntime(t, plugin.Config{}), s, "", func(t *testing.T, m *plugin.Module) {
		for name, document := range documents {
			res, err := m.Call(t.Context(), saying(document), nil)
			if failed := failure(t, err); failed.Class != plugin.OutputInvalid || failed.Message == "" {
				t.Errorf("%s: got %v, want output_invalid", name, err)
			}
			if o := res.Output; o.Outcome != "" || o.Subject != nil || o.Vars != nil || o.Prompt != nil {
				t.Errorf("%s: something of it was taken: %+v", name, o)
			}
			if res, err := m.Call(t.Context(), saying(good), nil); err != nil || res.Output.Outcome != "ok" {
				t.Errorf("after %s: %+v, %v", name, res.Output, err)
			}
		}
	})
}

// TestHugeNumbers: what JSON allows and no float holds must not become something else.
func TestHugeNumbers(t *testing.T) {
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, echo)})
	res, err := m.Call(t.Context(), saying(`{"outcome":"ok","vars":{"x":1e999}}`), nil)
	if failed := failure(t, err); failed.Class != plugin.OutputInvalid {
		t.Errorf("got %v, %v", err, res.Output.Vars)
	}
}
