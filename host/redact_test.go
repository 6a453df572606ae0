package host

import "testing"

// TestRedact holds that of no answer a part is left because another answer is a part of
// it.
func TestRedact(t *testing.T) {
	form := map[string]string{"password": "hunter2", "choice": "2", "name": "hunter", "empty": ""}
	for range 100 { // a map's order differs
		if got := redact("guest got hunter2", form); got != "guest got redacted" {
			t.Fatalf("got %q", got)
		}
	}
}
