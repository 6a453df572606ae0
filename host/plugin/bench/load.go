package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/guests"
)

// Load is what it takes from nothing to the first call's end, in milliseconds.
type Load struct {
	Guest string  `json:"guest"`
	Bytes int     `json:"module_bytes"`
	Cold  float64 `json:"cold_ms"` // with an empty folder for compiled code
	Warm  float64 `json:"warm_ms"` // with one that has it
}

// measureLoads loads every guest and the standard plugin several times.
func measureLoads(s *setup, times int, progress func(string)) ([]Load, error) {
	var loads []Load
	for _, language := range guests.Languages() {
		wasm, err := guests.Read(language + "-decide")
		if err != nil {
			return nil, err
		}
		progress("loading " + language)
		l, err := s.measureLoad(language, wasm, times)
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", language, err)
		}
		loads = append(loads, l)
	}
	progress("loading the standard plugin")
	wasm, err := s.standard()
	if err != nil {
		return nil, err
	}
	l, err := s.measureLoad(standardLoad, wasm, times)
	if err != nil {
		return nil, fmt.Errorf("load the standard plugin: %w", err)
	}
	return append(loads, l), nil
}

// standardLoad is the name of the standard plugin among the loads.
const standardLoad = "standard plugin"

func (s *setup) measureLoad(name string, wasm []byte, times int) (Load, error) {
	var cold, warm []float64
	for range times {
		dir, err := os.MkdirTemp("", "acrhost-bench-")
		if err != nil {
			return Load{}, err
		}
		c, err := s.loadOnce(name, wasm, dir)
		if err != nil {
			return Load{}, errors.Join(err, os.RemoveAll(dir))
		}
		w, err := s.loadOnce(name, wasm, dir)
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			return Load{}, err
		}
		cold, warm = append(cold, c), append(warm, w)
	}
	return Load{Guest: name, Bytes: len(wasm), Cold: median(cold), Warm: median(warm)}, nil
}

// loadOnce makes a runtime, loads the module and calls it, and gives the time of that
// in milliseconds. The answer may be an error of the guest's own: not every module has
// the job's step.
func (s *setup) loadOnce(name string, wasm []byte, dir string) (ms float64, err error) {
	ctx, began := s.ctx, time.Now()
	r, err := plugin.New(ctx, s.config(dir))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close(ctx)) }()
	m, err := r.Load(ctx, plugin.Spec{Name: name, Wasm: wasm, Grant: plugin.Grant{All: true}})
	if err != nil {
		return 0, err
	}
	_, _, err = m.Run(ctx, s.document, nil)
	took := float64(time.Since(began).Microseconds()) / 1000
	if failed, ok := errors.AsType[*plugin.Error](err); ok && failed.Class == plugin.GuestError {
		err = nil
	}
	return took, errors.Join(err, m.Close(ctx))
}
