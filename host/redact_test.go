package host

import (
	"encoding/json"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestRedact holds that of no answer a part is left because another answer is a part of
// it, and that what a step keeps between two calls is struck out too.
func TestRedact(t *testing.T) {
	in := abi.Input{
		Form:  map[string]string{"password": "hunter2", "choice": "2", "name": "hunter", "empty": ""},
		State: json.RawMessage(`{"word": "tulips"}`),
	}
	for range 100 { // a map's order differs
		run := failedRun{secrets: map[string]bool{}}
		run.remember(in)
		if got := run.strike("guest got hunter2, kept tulips"); got != "guest got redacted, kept redacted" {
			t.Fatalf("got %q", got)
		}
	}
}
