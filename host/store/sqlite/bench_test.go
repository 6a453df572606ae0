package sqlite_test

import (
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

// BenchmarkLogin is what one login costs the store: a run that is written, read
// and written again, and a code that is written and taken.
func BenchmarkLogin(b *testing.B) {
	for _, parallel := range []int{1, 8, 64} {
		b.Run(strconv.Itoa(parallel), func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "a.db"), time.Now)
			var n atomic.Int64
			b.SetParallelism(parallel) // times GOMAXPROCS
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					login(b, db, strconv.FormatInt(n.Add(1), 10))
				}
			})
		})
	}
}

func login(b *testing.B, db *sqlite.DB, id string) {
	ctx := b.Context()
	run := record(id)
	run.Kind, run.Data = store.Run, make([]byte, 2000)
	if _, err := db.Put(ctx, run); err != nil {
		b.Error(err)
	}
	stored, err := db.Get(ctx, store.Run, id)
	if err != nil {
		b.Error(err)
	}
	if _, err := db.Put(ctx, stored); err != nil {
		b.Error(err)
	}
	if _, err := db.Put(ctx, record(id)); err != nil {
		b.Error(err)
	}
	if _, err := db.Take(ctx, store.Code, id); err != nil {
		b.Error(err)
	}
}

// BenchmarkOpen is the store's part of a start, on a file that exists.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.db")
	open(b, path, time.Now)
	for b.Loop() {
		db, err := sqlite.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}
}
