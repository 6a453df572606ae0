package plugin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

func everyMode() []plugin.Mode {
	return []plugin.Mode{plugin.Auto, plugin.Fresh, plugin.Restore, plugin.Prewarm}
}

// inEveryMode runs a test with a module in each mode. unrestorable is why it is refused
// the mode restore; empty: it must be restored, also by choice of auto.
func inEveryMode(t *testing.T, r *plugin.Runtime, s plugin.Spec, unrestorable string, test func(*testing.T, *plugin.Module)) {
	t.Helper()
	for _, mode := range everyMode() {
		t.Run(string(mode), func(t *testing.T) {
			s := s
			s.Mode = mode
			if mode == plugin.Restore && unrestorable != "" {
				s.Name = "bad"
				_, err := r.Load(t.Context(), s)
				refused(t, err, "mode restore", unrestorable)
				return
			}
			m := load(t, r, s)
			if got := m.Mode(); mode != plugin.Auto && got != mode || mode == plugin.Auto && (got == plugin.Restore) != (unrestorable == "") {
				t.Fatalf("it runs in mode %s: %s", got, m.Safety().Why)
			}
			test(t, m)
		})
	}
}

// mayLoad loads a module in a mode, or says that it was refused. Nothing else is
// allowed.
func mayLoad(t testing.TB, r *plugin.Runtime, s plugin.Spec) (*plugin.Module, bool) {
	t.Helper()
	if s.Limits.Timeout == 0 {
		s.Limits.Timeout = time.Minute
	}
	s.Name, s.Breaker.Failures = "bad", -1
	m, err := r.Load(t.Context(), s)
	if err == nil {
		return m, true
	}
	no, ok := errors.AsType[*plugin.RefusedError](err)
	if !ok || no.Plugin != "bad" || strings.TrimSpace(no.Reason) == "" {
		t.Fatalf("got %v, want a refusal with a reason", err)
	}
	return nil, false
}
