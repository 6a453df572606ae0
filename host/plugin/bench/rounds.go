package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
)

// rounds is how often the rows take turns. The results are medians, so that what
// else the machine did for a moment doesn't count.
const rounds = 25

// entrant is a row that takes part.
type entrant struct {
	row
	call     call
	refused  string // why the row is not possible with this guest
	mode     string
	fuel     uint64
	bytes    float64 // per call
	allocs   float64
	batch    int       // calls in a round
	perRound []float64 // ns per call
}

// enter opens a row and has it give its first answer, which must be right. A mode
// that isn't safe for a guest is no error: the row says so.
func (s *setup) enter(r row) (*entrant, error) {
	e := &entrant{row: r}
	var err error
	if e.call, err = r.open(s); err != nil {
		if refusal, ok := errors.AsType[*plugin.RefusedError](err); ok && r.optional {
			e.refused = refusal.Reason
			return e, nil
		}
		return nil, fmt.Errorf("%s: %w", r, err)
	}
	for range 3 { // the first call is not like the others
		a, err := e.call()
		if err == nil {
			err = a.check()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r, err)
		}
		e.fuel, e.mode = a.fuel, a.mode
	}
	return e, nil
}

// measure lets the rows take turns, each for about the given time in all.
func measure(list []*entrant, all time.Duration, progress func(string)) error {
	part := all / rounds
	list = slices.DeleteFunc(slices.Clone(list), func(e *entrant) bool { return e.refused != "" })
	for _, e := range list {
		progress("calibrating " + e.String())
		if err := e.calibrate(part); err != nil {
			return err
		}
	}
	for round := range rounds {
		progress(fmt.Sprintf("round %d of %d", round+1, rounds))
		for _, e := range list {
			runtime.GC() // nobody pays for the garbage of others
			if _, err := e.time(1 + e.batch/10); err != nil {
				return err
			}
			took, err := e.time(e.batch)
			if err != nil {
				return err
			}
			e.perRound = append(e.perRound, float64(took.Nanoseconds())/float64(e.batch))
		}
	}
	return nil
}

// calibrate finds how many calls fill a part of the time, and what they allocate.
func (e *entrant) calibrate(part time.Duration) error {
	for n := 1; ; n *= 2 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		took, err := e.time(n)
		if err != nil {
			return err
		}
		runtime.ReadMemStats(&after)
		e.bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
		e.allocs = float64(after.Mallocs-before.Mallocs) / float64(n)
		if took >= part/2 {
			e.batch = max(1, int(float64(n)*float64(part)/float64(took)))
			return nil
		}
	}
}

// time makes n calls.
func (e *entrant) time(n int) (time.Duration, error) {
	var last answer
	began := time.Now()
	for range n {
		a, err := e.call()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", e, err)
		}
		last = a
	}
	took := time.Since(began)
	if err := last.check(); err != nil {
		return 0, fmt.Errorf("%s: %w", e, err)
	}
	return took, nil
}

// ratio is how many times longer e takes than another row, as the median of what
// each round gave; 0 when one of them wasn't measured.
func (e *entrant) ratio(other *entrant) float64 {
	if other == nil || len(e.perRound) == 0 || len(other.perRound) != len(e.perRound) {
		return 0
	}
	ratios := make([]float64, len(e.perRound))
	for i := range ratios {
		ratios[i] = e.perRound[i] / other.perRound[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
