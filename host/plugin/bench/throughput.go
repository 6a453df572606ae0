package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Throughput is how many calls a second several callers get at once.
type Throughput struct {
	Name    string  `json:"name"`
	Callers int     `json:"callers"`
	Calls   float64 `json:"calls_per_second"`
	Gain    float64 `json:"gain"` // over one caller
}

// crowd is the number of callers that a busy host may have at once.
const crowd = 64

// measureThroughput has rows called by one, by as many callers as there are
// processors, and by a crowd. All of them take turns.
func measureThroughput(list []*entrant, all time.Duration, progress func(string)) ([]Throughput, error) {
	const turns = 5
	callers := []int{1, runtime.GOMAXPROCS(0), crowd}
	rates := make(map[string][]float64)
	key := func(e *entrant, n int) string { return fmt.Sprint(e, n) }
	for turn := range turns {
		progress(fmt.Sprintf("throughput, turn %d of %d", turn+1, turns))
		for _, e := range list {
			for _, n := range callers {
				rate, err := e.rate(n, all/turns)
				if err != nil {
					return nil, err
				}
				rates[key(e, n)] = append(rates[key(e, n)], rate)
			}
		}
	}
	var results []Throughput
	for _, e := range list {
		one := median(rates[key(e, 1)])
		for _, n := range callers {
			rate := median(rates[key(e, n)])
			results = append(results, Throughput{Name: e.String(), Callers: n, Calls: rate, Gain: rate / one})
		}
	}
	return results, nil
}

// rate is how many calls a second so many callers make together.
func (e *entrant) rate(callers int, during time.Duration) (float64, error) {
	var over atomic.Bool
	var calls atomic.Int64
	var fault error
	var once sync.Once
	var all sync.WaitGroup
	runtime.GC()
	began := time.Now()
	for range callers {
		all.Go(func() {
			n, err := e.callUntil(&over)
			calls.Add(n)
			if err != nil {
				once.Do(func() { fault = err })
			}
		})
	}
	time.AfterFunc(during, func() { over.Store(true) })
	all.Wait()
	return float64(calls.Load()) / time.Since(began).Seconds(), fault
}

func (e *entrant) callUntil(over *atomic.Bool) (n int64, err error) {
	for {
		a, err := e.call()
		if err == nil {
			err = a.check()
		}
		if err != nil {
			return n, fmt.Errorf("%s: %w", e, err)
		}
		if n++; over.Load() {
			return n, nil
		}
	}
}
