package host

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestConfigured(t *testing.T) {
	const schema = `{"properties":{"url":{"type":"string","default":"https://risk.example.com/v1"},"n":{"default":1}}}`
	for _, test := range []struct {
		config, pointer string
		want            []string
	}{
		{`{"url":"https://a.example/"}`, "/url", []string{"https://a.example/"}},
		{`{}`, "/url", []string{"https://risk.example.com/v1"}},
		{``, "/url", []string{"https://risk.example.com/v1"}},
		{`{"url":["https://a.example/"]}`, "/url", nil},
		{`{"url":null}`, "/url", nil},
		{`{"list":[{"at":"x"},{"at":1},{"at":"y"}]}`, "/list/*/at", []string{"x", "y"}},
		{`{}`, "/n", nil},
		{`{}`, "/other", nil},
		{`{"url":"x"}`, "url", nil},
		{`{"url":`, "/url", nil},
	} {
		if got := configured(json.RawMessage(test.config), json.RawMessage(schema))(test.pointer); !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %q", test.config, test.pointer, got)
		}
	}
}
