package nearest_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

func TestName(t *testing.T) {
	known := []string{"journey", "journey_by_acr", "name", "redirect_uris"}
	for _, c := range []struct{ word, want string }{
		{"journy", "journey"},
		{"juorney", "journey"}, // two neighbours swapped count once
		{"redirect_uri", "redirect_uris"},
		{"nam", "name"},
		{"name", ""}, // a known name needs no hint
		{"secret", ""},
		{"", ""},
	} {
		if got := nearest.Name(c.word, known); got != c.want {
			t.Errorf("Name(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

func TestHintIsEmptyWithoutAName(t *testing.T) {
	if got := nearest.Hint("zzz", []string{"name"}); got != "" {
		t.Errorf("Hint = %q, want none", got)
	}
	if got, want := nearest.Hint("naem", []string{"name"}), "did you mean name?"; got != want {
		t.Errorf("Hint = %q, want %q", got, want)
	}
}

func FuzzNameIsKnown(f *testing.F) {
	f.Add("journy", "journey")
	f.Fuzz(func(t *testing.T, word, known string) {
		if len(word)+len(known) > 200 {
			t.Skip("long words only take time")
		}
		got := nearest.Name(word, []string{known})
		if got != "" && got != known {
			t.Errorf("Name(%q, %q) = %q, which nobody knows", word, known, got)
		}
	})
}
