package relying_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/relying"
)

// An id that begins with a dash is a flag to every command that takes an id.
func TestNewIDIsNoFlag(t *testing.T) {
	for range 5000 {
		if id := relying.NewID(); id[0] == '-' || len(id) != 22 {
			t.Fatalf("id %q", id)
		}
	}
}
