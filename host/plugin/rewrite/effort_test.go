package rewrite_test

import (
	"strings"
	"testing"
)

// TestCompileBomb holds that code is refused that is short, but takes the engine's
// compiler minutes: very many branches in one function, or many in each of very many.
func TestCompileBomb(t *testing.T) {
	ifs := func(n int) string {
		return `(func (param i32) ` + strings.Repeat(`(if (local.get 0) (then))`, n) + `)`
	}
	for name, text := range map[string]string{
		"one function":   ifs(16_000),
		"many functions": strings.Repeat(ifs(3000), 40),
	} {
		if _, err := rewritten(wat(t, "(module "+text+")"), wide); err == nil || !strings.Contains(err.Error(), "too long to compile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rewritten(wat(t, "(module "+strings.Repeat(ifs(500), 100)+")"), wide); err != nil {
		t.Errorf("as much as large programs have: %v", err)
	}
}
