package sqlite_test

import (
	"context"
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

// BenchmarkOne is one operation, without its part of a sync to the disk: the writes of a
// thousand share one.
func BenchmarkOne(b *testing.B) {
	records := func(b *testing.B, db *sqlite.DB, n int) []string {
		ctx, pending := store.Together(b.Context())
		ids := make([]string, n)
		for i := range ids {
			ids[i] = strconv.Itoa(i)
			if _, err := db.Put(ctx, record(ids[i])); err != nil {
				b.Fatal(err)
			}
		}
		if err := pending.Settle(); err != nil {
			b.Fatal(err)
		}
		return ids
	}
	for name, do := range map[string]func(ctx context.Context, db *sqlite.DB, i int) error{
		"put": func(ctx context.Context, db *sqlite.DB, i int) error {
			_, err := db.Put(ctx, record("new "+strconv.Itoa(i)))
			return err
		},
		"get": func(ctx context.Context, db *sqlite.DB, i int) error {
			_, err := db.Get(b.Context(), store.Code, strconv.Itoa(i%1000))
			return err
		},
		"take": func(ctx context.Context, db *sqlite.DB, i int) error {
			_, err := db.Take(ctx, store.Code, strconv.Itoa(i))
			return err
		},
		"change of 4": func(ctx context.Context, db *sqlite.DB, i int) error {
			ids := []string{"a", "b", "c" + strconv.Itoa(i%16), "d" + strconv.Itoa(i%16)}
			_, err := db.Change(ctx, store.Code, ids, func(found []store.Record) ([]store.Record, error) {
				for i := range found {
					found[i].ExpiresAt = time.Now().Add(time.Minute)
				}
				return found, nil
			})
			return err
		},
		"grant": func(ctx context.Context, db *sqlite.DB, i int) error {
			return db.PutGrant(ctx, store.Grant{ID: "g" + strconv.Itoa(i), ClientID: "client", UserID: "user", Scope: []string{"openid"}, AMR: []string{"pwd"}, RestsOn: []string{"sha256:1", "sha256:2"}, Details: make([]byte, 600), ExpiresAt: time.Now().Add(time.Hour)})
		},
		"event": func(ctx context.Context, db *sqlite.DB, i int) error {
			return db.AddEvent(ctx, store.Event{At: time.Now(), Type: "login.ok", UserID: "user", Details: map[string]any{"acr": "1"}})
		},
	} {
		b.Run(name, func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "a.db"), time.Now)
			n := 1000
			if name == "take" {
				n = b.N
			}
			records(b, db, n)
			b.ReportAllocs()
			b.ResetTimer()
			ctx, pending := store.Together(b.Context())
			for i := range b.N {
				if err := do(ctx, db, i); err != nil {
					b.Fatal(err)
				}
				if i%1000 == 999 {
					if err := pending.Settle(); err != nil {
						b.Fatal(err)
					}
				}
			}
			if err := pending.Settle(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
