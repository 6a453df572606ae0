package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// cost is what a call costs.
type cost struct {
	NS          float64 `json:"ns_per_call"` // the median of the rounds
	Bytes       float64 `json:"bytes_per_call"`
	Allocations float64 `json:"allocations_per_call"`
	Calls       int     `json:"calls"`
	Fuel        uint64  `json:"fuel"`         // of the last call
	Memory      uint64  `json:"memory_bytes"` // of the guest after it
}

// rounds are how many times are taken. Of an odd number the one in the middle is the
// median.
const rounds = 11

// measure calls a step for about so long. A tenth of the time goes to warming up, and to
// finding out how many calls fill a round, so that the clock is read seldom.
func measure(ctx context.Context, m *plugin.Module, in abi.Input, long time.Duration) (*cost, error) {
	warm, err := callUntil(ctx, m, in, long/10)
	if err != nil {
		return nil, err
	}
	perRound := max(1, int(float64(long)/rounds/warm))
	var times [rounds]float64
	var last plugin.Stats
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range times {
		began := time.Now()
		for range perRound {
			if last, err = callOnce(ctx, m, in); err != nil {
				return nil, err
			}
		}
		times[i] = float64(time.Since(began)) / float64(perRound)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times[:])
	calls := rounds * perRound
	return &cost{
		NS:          times[rounds/2],
		Bytes:       float64(after.TotalAlloc-before.TotalAlloc) / float64(calls),
		Allocations: float64(after.Mallocs-before.Mallocs) / float64(calls),
		Calls:       calls,
		Fuel:        last.FuelUsed,
		Memory:      last.MemoryBytes,
	}, nil
}

// callUntil calls for so long, at least once, and gives the nanoseconds of a call.
func callUntil(ctx context.Context, m *plugin.Module, in abi.Input, long time.Duration) (float64, error) {
	began := time.Now()
	for calls := 1; ; calls++ {
		if _, err := callOnce(ctx, m, in); err != nil {
			return 0, err
		}
		if took := time.Since(began); took >= long {
			return float64(took) / float64(calls), nil
		}
	}
}

// callOnce fails where the guest does: the time of a failure is not what was asked for.
func callOnce(ctx context.Context, m *plugin.Module, in abi.Input) (plugin.Stats, error) {
	result, err := m.Call(ctx, in, nil)
	if err != nil {
		return plugin.Stats{}, &exitError{1, fmt.Errorf("measure the mode %s: %w", m.Mode(), err)}
	}
	return result.Stats, nil
}
