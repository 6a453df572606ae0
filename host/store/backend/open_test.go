package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	for _, dsn := range []string{"memory:", "sqlite:" + path} {
		s, err := backend.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.User(t.Context(), "absent"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", dsn, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for dsn, want := range map[string]string{
		"":                                "without a scheme",
		"acrhost.db":                      "without a scheme",
		"sqlite":                          "without a scheme",
		"sqlite:":                         "no path",
		"sqlite::memory:":                 "not the name of a file",
		"sqlite:/nowhere/at/all/a.db":     "/nowhere/at/all/a.db",
		"memory:x":                        "nothing after it",
		"memory":                          "without a scheme",
		"postgres://u:hunter2@db/acrhost": "not supported yet",
		"mysql://u:hunter2@db/acrhost":    `unknown store "mysql"`,
		"SQLite:a.db":                     `unknown store "SQLite"`,
	} {
		_, err := backend.Open(t.Context(), dsn)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", dsn, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error repeats the password: %v", dsn, err)
		}
	}
}
