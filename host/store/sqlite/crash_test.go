package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

const crashEnv = "ACRHOST_TEST_CRASH_DB"

// TestMain is also the program that TestKilledHostLosesNothing kills, and the one that revokes in
// TestAnotherProcessRevokes.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		writeUntilKilled(path)
		return
	}
	if path := os.Getenv(revokeEnv); path != "" {
		revokeIn(path)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints each record's id once the store has said that it is kept.
func writeUntilKilled(path string) {
	db, err := sqlite.Open(context.Background(), path)
	if err != nil {
		panic(err)
	}
	var printing sync.Mutex
	for writer := range 4 {
		go func() {
			for i := 0; ; i++ {
				// Several that are written together, as a login's are.
				ctx, pending := store.Together(context.Background())
				var ids strings.Builder
				for part := range 3 {
					id := fmt.Sprintf("%d-%d-%d", writer, i, part)
					fmt.Fprintln(&ids, id)
					if _, err := db.Put(ctx, record(id)); err != nil {
						panic(err)
					}
				}
				if err := pending.Settle(); err != nil {
					panic(err)
				}
				printing.Lock()
				fmt.Print(ids.String())
				printing.Unlock()
			}
		}()
	}
	select {}
}

func TestKilledHostLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var told []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if told = append(told, lines.Text()); len(told) == 200 {
			if err := host.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = host.Wait() // it was killed, so this is always an error
	if len(told) < 200 {
		t.Fatalf("the host wrote only %d records", len(told))
	}
	db := open(t, path, time.Now)
	for _, id := range told {
		if _, err := db.Get(t.Context(), store.Code, id); err != nil {
			t.Errorf("%s is lost: %v", id, err)
		}
	}
}

// The same for writes that are waited for later: one fails at once, and takes nothing along
// that its own caller or another one wrote before. Where SQLite itself ends the transaction,
// whoever settles is told.
func TestOddWriteFailsAloneTogether(t *testing.T) {
	for _, way := range []string{"ABORT", "FAIL", "ROLLBACK"} {
		t.Run(way, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.db")
			db := open(t, path, time.Now)
			sabotage(t, path, way)
			var wg sync.WaitGroup
			for caller := range 8 {
				wg.Go(func() { oddTogether(t, db, way, caller) })
			}
			wg.Wait()
		})
	}
}

func oddTogether(t *testing.T, db *sqlite.DB, way string, caller int) {
	ctx, pending := store.Together(t.Context())
	var good []string
	for i := range 10 {
		id := fmt.Sprintf("%s of %d", name(i), caller)
		_, err := db.Put(ctx, record(id))
		switch odd := strings.HasPrefix(id, "odd"); {
		case odd != (err != nil) && way != "ROLLBACK":
			t.Errorf("%s: %v", id, err)
		case !odd:
			good = append(good, id)
		}
	}
	settled := pending.Settle()
	if settled != nil && way != "ROLLBACK" {
		t.Errorf("Settle: %v", settled)
	}
	for _, id := range good {
		if _, err := db.Get(t.Context(), store.Code, id); err != nil && settled == nil {
			t.Errorf("%s was settled, and then: %v", id, err)
		}
	}
}

// Writes share a transaction; one that fails in a way nobody foresaw must not
// take the others along, nor report as kept what was rolled back with it.
func TestOddWriteFailsAlone(t *testing.T) {
	for _, way := range []string{"ABORT", "FAIL", "ROLLBACK"} {
		t.Run(way, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.db")
			db := open(t, path, time.Now)
			sabotage(t, path, way)
			errs := make([]error, 60)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { _, errs[i] = db.Put(t.Context(), record(name(i))) })
			}
			wg.Wait()
			for i, err := range errs {
				odd := strings.HasPrefix(name(i), "odd")
				if odd != (err != nil) || odd && !strings.Contains(err.Error(), "sabotaged") {
					t.Errorf("%s: %v", name(i), err)
				}
				if _, err := db.Get(t.Context(), store.Code, name(i)); odd != errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: then %v", name(i), err)
				}
			}
		})
	}
}

func name(i int) string {
	if i%5 == 0 {
		return fmt.Sprintf("odd %d", i)
	}
	return fmt.Sprintf("even %d", i)
}

func TestCancelledWriteChangesNothing(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 20 {
		id := fmt.Sprint(i)
		if _, err := db.Put(ctx, record(id)); !errors.Is(err, context.Canceled) {
			t.Errorf("Put: %v, want Canceled", err)
		}
		if _, err := db.Get(t.Context(), store.Code, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get: %v, want ErrNotFound", err)
		}
	}
}

func TestSweepOfMany(t *testing.T) {
	now := time.Now()
	db := open(t, filepath.Join(t.TempDir(), "a.db"), func() time.Time { return now })
	const many = 1201 // more than two portions
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < many; i += 8 {
				r := record(fmt.Sprint(i))
				r.ExpiresAt = now
				if _, err := db.Put(t.Context(), r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n, err := db.Sweep(t.Context()); n != many || err != nil {
		t.Errorf("Sweep = %d, %v, want %d", n, err, many)
	}
}
