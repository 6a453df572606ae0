package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/figures"
)

// Report is all that a run gave.
type Report struct {
	Machine figures.Machine `json:"machine"`
	Results []Result        `json:"results"`
	Flat    *Flat           `json:"flat,omitempty"`
	Goals   []Goal          `json:"goals"`
}

// Result is a subject as it was measured: medians of its turns.
type Result struct {
	Name      string  `json:"name"`
	Start     float64 `json:"start_ms"` // until the first answer
	Idle      float64 `json:"idle_mib"`
	Alone     Load    `json:"login_alone"`
	Login     Load    `json:"login"`
	Refresh   Load    `json:"refresh"`
	Userinfo  Load    `json:"userinfo"`
	Discovery Load    `json:"discovery"`
	JWKS      Load    `json:"jwks"`
}

// settleTime is how long a server that was started is left alone before its memory is
// looked at.
const settleTime = 2 * time.Second

func measure(ctx context.Context, o options, progress func(string)) (_ *Report, err error) {
	var list []subject
	for _, s := range subjects() {
		if o.only.MatchString(s.name) {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("--only %s: there is no such subject", o.only)
	}
	dir, err := os.MkdirTemp("", "bench-login-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := compile(ctx, o, list, dir, progress); err != nil {
		return nil, err
	}
	all := make([][]Result, len(list))
	for turn := range o.turns {
		for i, s := range list {
			progress(fmt.Sprintf("turn %d of %d: %s", turn+1, o.turns, s.name))
			r, err := takeTurn(ctx, o, s, dir)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			all[i] = append(all[i], r)
		}
	}
	report := &Report{}
	for _, turns := range all {
		report.Results = append(report.Results, medians(turns))
	}
	if o.flat > 0 && slices.ContainsFunc(list, func(s subject) bool { return s.name == sqliteC }) {
		if report.Flat, err = watchMemory(ctx, o, dir, progress); err != nil {
			return nil, err
		}
	}
	report.Goals = goals(report)
	return report, nil
}

// compile starts each of acrhost's subjects once, so that later starts find compiled code.
func compile(ctx context.Context, o options, list []subject, dir string, progress func(string)) error {
	for _, s := range list {
		if s.steps == "" {
			continue
		}
		progress("compiling for " + s.name)
		running, _, err := open(ctx, o, s, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := running.stop(); err != nil {
			return err
		}
	}
	return nil
}

// open starts a subject's server in a new folder of dir, with users who are signed in.
func open(ctx context.Context, o options, s subject, dir string) (*server, []*user, error) {
	own, err := os.MkdirTemp(dir, "server-")
	if err != nil {
		return nil, nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, nil, err
	}
	var c command
	if s.steps == "" {
		c, err = peer(o, s, address, own)
	} else {
		c, err = acrhost(ctx, o, s, address, own, filepath.Join(dir, "cache"))
	}
	if err != nil {
		return nil, nil, err
	}
	running, err := start(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	at, err := discover(ctx, c.issuer, s.alg)
	if err == nil {
		var all []*user
		if all, err = newUsers(ctx, at); err == nil {
			return running, all, nil
		}
	}
	return nil, nil, errors.Join(fmt.Errorf("%w\n%s", err, running.said), running.stop())
}

// takeTurn measures a subject once, on a server of its own.
func takeTurn(ctx context.Context, o options, s subject, dir string) (r Result, err error) {
	running, all, err := open(ctx, o, s, dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	r = Result{Name: s.name, Start: milliseconds(running.took)}
	pause(ctx, min(settleTime, o.time))
	r.Idle = running.memory()
	for _, m := range []struct {
		into  *Load
		users []*user
		do    act
		time  time.Duration
	}{
		{&r.Alone, all[:1], (*user).login, o.time / 2},
		{&r.Login, all, (*user).login, o.time},
		{&r.Refresh, all, (*user).refresh, o.time / 2},
		{&r.Userinfo, all, (*user).userinfo, o.time / 2},
		{&r.Discovery, all, (*user).discovery, o.time / 2},
		{&r.JWKS, all, (*user).jwks, o.time / 2},
	} {
		if *m.into, err = load(ctx, running, m.users, m.do, m.time); err != nil {
			return r, err
		}
	}
	return r, nil
}

// medians is what several turns come to, each figure by itself.
func medians(turns []Result) Result {
	of := func(get func(Result) float64) float64 {
		all := make([]float64, len(turns))
		for i, t := range turns {
			all[i] = get(t)
		}
		return median(all)
	}
	load := func(get func(Result) Load) Load {
		return Load{
			Users: get(turns[0]).Users,
			Rate:  of(func(r Result) float64 { return get(r).Rate }),
			P50:   of(func(r Result) float64 { return get(r).P50 }), P99: of(func(r Result) float64 { return get(r).P99 }),
			CPU: of(func(r Result) float64 { return get(r).CPU }), Memory: of(func(r Result) float64 { return get(r).Memory }),
		}
	}
	return Result{
		Name:  turns[0].Name,
		Start: of(func(r Result) float64 { return r.Start }), Idle: of(func(r Result) float64 { return r.Idle }),
		Alone: load(func(r Result) Load { return r.Alone }), Login: load(func(r Result) Load { return r.Login }),
		Refresh: load(func(r Result) Load { return r.Refresh }), Userinfo: load(func(r Result) Load { return r.Userinfo }),
		Discovery: load(func(r Result) Load { return r.Discovery }), JWKS: load(func(r Result) Load { return r.JWKS }),
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}
