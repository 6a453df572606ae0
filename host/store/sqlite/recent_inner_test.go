package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// However many are read or written: so many are remembered, and none that is large.
func TestRecentIsBounded(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	large := store.Record{Kind: store.Code, ID: "large", Data: make([]byte, maxRecentData+1), ExpiresAt: time.Now().Add(time.Hour)}
	if _, err := db.Put(t.Context(), large); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Get(t.Context(), store.Code, "large"); err != nil {
		t.Fatal(err)
	}
	r := &db.writer.recent
	if r.index == nil && runtime.GOOS != "linux" {
		t.Skip("nothing is remembered on this system")
	}
	if len(r.newer) > 0 {
		t.Errorf("%d rows are remembered, want none so large", len(r.newer))
	}
	for i := range 3 * maxRecent {
		_, _ = db.Get(t.Context(), store.Revoked, fmt.Sprint(i))
	}
	if n := len(r.newer) + len(r.older); n < maxRecent || n > 2*maxRecent {
		t.Errorf("%d rows are remembered, want %d to %d", n, maxRecent, 2*maxRecent)
	}
}

// Another process commits between this one's commit and the look at what came of it: what is
// remembered does not go on.
func TestOthersCommitRightAfterOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	ours, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	other, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	r := &ours.writer.recent
	for commits := range 3 {
		_, err := ours.Get(t.Context(), store.Revoked, "a")
		if r.index == nil && runtime.GOOS != "linux" {
			t.Skip("nothing is remembered on this system")
		}
		if !errors.Is(err, store.ErrNotFound) || len(r.newer) != 1 {
			t.Fatalf("%d rows are remembered, want 1: %v", len(r.newer), err)
		}
		r.start()
		r.begin()
		for i := range commits { // the first stands for ours
			event := store.Event{Type: fmt.Sprint(i)}
			if err := other.AddEvent(t.Context(), event); err != nil {
				t.Fatal(err)
			}
		}
		r.end(nil)
		if kept := len(r.newer) == 1; kept != (commits < 2) {
			t.Errorf("after %d commits rows are kept: %t", commits, kept)
		}
	}
}
