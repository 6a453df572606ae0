package detailtext_test

import (
	"testing"

	"github.com/acrhost/acrhost/sdk/go/detailtext"
)

func TestText(t *testing.T) {
	for want, detail := range map[string]map[string]any{
		"": {"type": "see"},
		`amount: {currency: "EUR"; value: "12.50"}; to: "Merchant A"`:      {"type": "pay", "to": "Merchant A", "amount": map[string]any{"value": "12.50", "currency": "EUR"}},
		`actions: ["a", "b"]; big: 1000000; none: none; now: true; x: 0.5`: {"actions": []any{"a", "b"}, "now": true, "none": nil, "x": 0.5, "big": 1e6},
		// Attacks: one member that looks like two, a name that looks like a member, text
		// that runs backwards.
		`to: "shop\"; amount: \"1"`: {"to": `shop"; amount: "1`},
		`"amount: 1; to": "x"`:      {"amount: 1; to": "x"},
		`to: "\u202e001"`:           {"to": "\u202e001"},
		`"": "<b>"`:                 {"": "<b>"},
	} {
		if got := detailtext.Of(detail); got != want {
			t.Errorf("%v: %s, want %s", detail, got, want)
		}
	}
}
