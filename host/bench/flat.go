package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Flat is a server's memory over many logins, in MiB.
type Flat struct {
	Logins int     `json:"logins"`
	Early  float64 `json:"after_a_tenth_mib"`
	End    float64 `json:"end_mib"`
}

// flatTime bounds the watch: on a slow machine it sees fewer logins.
const flatTime = 5 * time.Minute

// watchMemory has the users do many logins, with SQLite.
func watchMemory(ctx context.Context, o options, dir string, progress func(string)) (_ *Flat, err error) {
	progress(fmt.Sprintf("memory over %d logins", o.flat))
	running, all, err := open(ctx, o, subject{store: "sqlite", alg: "ES256", steps: "c"}, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	f := &Flat{}
	for _, part := range []int{o.flat / 10, o.flat - o.flat/10} {
		n, err := logins(ctx, all, part, flatTime/2)
		if err != nil {
			return nil, err
		}
		f.Logins += n
		if f.Early == 0 {
			f.Early = running.memory()
		}
	}
	f.End = running.memory()
	return f, nil
}

// logins has all users sign in until they did so many, or the time is up.
func logins(ctx context.Context, all []*user, n int, lasts time.Duration) (int, error) {
	var next, did atomic.Int64
	failed := make([]error, len(all))
	until := time.Now().Add(lasts)
	var done sync.WaitGroup
	for i, u := range all {
		done.Go(func() {
			for failed[i] == nil && next.Add(1) <= int64(n) && time.Now().Before(until) {
				if failed[i] = u.login(ctx); failed[i] == nil {
					did.Add(1)
				}
			}
		})
	}
	done.Wait()
	return int(did.Load()), errors.Join(failed...)
}
