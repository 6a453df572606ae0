package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
	"github.com/acrhost/acrhost/host/store/storetest"
)

func TestLaw(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Store {
		return open(t, filepath.Join(t.TempDir(), "test.db"), now)
	})
}

// The law again for what is in the file, and not only for what is remembered of it.
func TestLawOfTheFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Store {
		return sqlite.Forgetful(open(t, filepath.Join(t.TempDir(), "test.db"), now))
	})
}

func open(t testing.TB, path string, now func() time.Time) *sqlite.DB {
	t.Helper()
	db, err := sqlite.OpenWithClock(t.Context(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
