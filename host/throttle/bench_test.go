package throttle_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
	"github.com/acrhost/acrhost/host/throttle"
)

// BenchmarkSuccess is what counting adds to the check of a right password, in a
// SQLite file.
func BenchmarkSuccess(b *testing.B) {
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		b.Fatal(err)
	}
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "acrhost.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	th := throttle.New(throttle.Config{Artifacts: db, Sealer: sealer, Now: time.Now})
	if err := th.Remember(b.Context(), "known", "alice"); err != nil {
		b.Fatal(err)
	}
	succeed := func(a throttle.Attempt) {
		counted, err := th.Begin(b.Context(), a)
		if err == nil {
			err = counted.Settle(b.Context(), true)
		}
		if err != nil {
			b.Error(err)
		}
	}
	b.Run("in a new browser", func(b *testing.B) {
		for b.Loop() {
			succeed(alice("192.0.2.1"))
		}
	})
	b.Run("in a known browser", func(b *testing.B) {
		for b.Loop() {
			succeed(in("known", alice("192.0.2.1")))
		}
	})
	b.Run("by many users at one address", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				succeed(at(runs.next(), "192.0.2.1"))
			}
		})
	})
}
