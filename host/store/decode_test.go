package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/store"
)

// kept has what records are made of.
type kept struct {
	Text    string            `json:"text"`
	None    *string           `json:"none"`
	At      time.Time         `json:"at,omitzero"`
	Number  float64           `json:"number"`
	Count   int64             `json:"count"`
	List    []string          `json:"list"`
	Empty   []string          `json:"empty"`
	Bytes   []byte            `json:"bytes"`
	Raw     json.RawMessage   `json:"raw,omitzero"`
	Any     map[string]any    `json:"any"`
	Texts   map[string]string `json:"texts,omitzero"`
	Inside  *kept             `json:"inside,omitzero"`
	Through `json:"through,omitzero"`
}

// Through is embedded.
type Through struct {
	Yes bool `json:"yes"`
}

// What encoding/json wrote is read as it reads it itself.
func TestDecode(t *testing.T) {
	value := kept{
		Text: "<é&\u2028\xff\"", At: time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 3600)), Number: 1e300, Count: -1 << 62,
		List: []string{"", "a"}, Empty: []string{}, Bytes: []byte{0, 255}, Raw: json.RawMessage(`{"b":[1,null],"a":"\u003c"}`),
		Any: map[string]any{"n": 1.5, "l": []any{nil, true, "x", map[string]any{}}, "big": 12345678901234567890.0}, Texts: map[string]string{},
		Through: Through{Yes: true},
	}
	value.Inside = &kept{Text: "inside"}
	for _, v := range []kept{{}, value} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want, got kept
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if err := store.Decode(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, text := range []string{"", "{", `{"text":1}`, `{} {}`} {
		if err := store.Decode([]byte(text), &kept{}); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
