package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

// Another process has the file for longer than anybody waits: that is told from a failure,
// nothing is changed, and it is over when the other is done.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acrhost.db")
	db := open(t, path, time.Now)
	if err := sqlite.Impatient(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	for _, step := range []struct {
		sql  string
		busy bool
	}{{"BEGIN IMMEDIATE", true}, {"ROLLBACK", false}} {
		if _, err := other.Exec(step.sql); err != nil {
			t.Fatal(err)
		}
		_, err := db.Put(t.Context(), record("a"))
		if errors.Is(err, store.ErrBusy) != step.busy || store.Busy(err) != step.busy || !step.busy && err != nil {
			t.Errorf("after %s: %v", step.sql, err)
		}
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := db.Put(late, record("b")); !store.Busy(err) {
		t.Errorf("too late: %v", err)
	}
	if store.Busy(store.ErrConflict) || store.Busy(context.Canceled) || store.Busy(nil) {
		t.Error("what is no lack of time counts as one")
	}
}
