package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Load is what some users at once came to.
type Load struct {
	Users  int     `json:"users"`
	Rate   float64 `json:"per_second"`
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	CPU    float64 `json:"server_cpu_ms"` // of one
	Memory float64 `json:"memory_mib"`    // of the server, at the end
}

// What users do.
type act func(*user, context.Context) error

// The part of a measurement that comes before it and does not count.
const warmth = 4

// stallTime is how much longer a measurement may take on a machine that is so busy that
// nothing ended within its time.
const stallTime = 30 * time.Second

// load has users do the same again and again: each begins when the last one has ended. What
// ends within the time counts. One that fails is an error: a provider that refuses is fast.
func load(ctx context.Context, s *server, all []*user, do act, lasts time.Duration) (Load, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*lasts+time.Minute)
	defer cancel()
	var counts, over atomic.Bool
	var ended atomic.Int64
	took, failed := make([][]time.Duration, len(all)), make([]error, len(all))
	var done sync.WaitGroup
	for i, u := range all {
		done.Go(func() {
			for !over.Load() && failed[i] == nil {
				began := time.Now()
				failed[i] = do(u, ctx)
				if counts.Load() {
					took[i] = append(took[i], time.Since(began))
					ended.Add(1)
				}
			}
		})
	}
	pause(ctx, lasts/warmth)
	began, used := time.Now(), s.cpu()
	counts.Store(true)
	pause(ctx, lasts)
	for ctx.Err() == nil && ended.Load() == 0 && time.Since(began) < lasts+stallTime {
		pause(ctx, lasts/10)
	}
	counts.Store(false)
	elapsed, used := time.Since(began), s.cpu()-used
	over.Store(true)
	done.Wait()
	times := slices.Concat(took...)
	if err := errors.Join(failed...); err != nil || len(times) == 0 {
		return Load{}, errors.Join(err, ctx.Err(), fmt.Errorf("%d users did %d in %s", len(all), len(times), elapsed))
	}
	slices.Sort(times)
	return Load{
		Users: len(all), Rate: float64(len(times)) / elapsed.Seconds(),
		P50: milliseconds(times[len(times)/2]), P99: milliseconds(times[len(times)*99/100]),
		CPU: milliseconds(used) / float64(len(times)), Memory: s.memory(),
	}, nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// newUsers makes users of a provider, and signs them in once.
func newUsers(ctx context.Context, at *provider) ([]*user, error) {
	all := make([]*user, users)
	for i := range all {
		all[i] = &user{name: userName(i), http: newHTTPClient(i), at: at}
		if err := all[i].login(ctx); err != nil {
			return nil, fmt.Errorf("sign in %s: %w", userName(i), err)
		}
	}
	return all, nil
}
