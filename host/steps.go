package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/metrics"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// catalog is every step type of every loaded plugin, by plugin/type: what
// journeys are checked against.
type catalog map[string]stepType

type stepType struct {
	abi.StepType
	fetches []fetchrule.Want
	plugin  *loadedPlugin
}

// newCatalog lists the step types of all plugins.
func newCatalog(loaded []*loadedPlugin) catalog {
	c := catalog{}
	for _, p := range loaded {
		for name, t := range p.module.Manifest().Steps {
			// A manifest with a wrong one was refused when it was read.
			wants, _ := fetchrule.ParseWants(t.Fetches)
			c[p.name+"/"+name] = stepType{StepType: t, fetches: wants, plugin: p}
		}
	}
	return c
}

// StepType finds a step type, as journey.Catalog demands.
func (c catalog) StepType(use string) (journey.StepType, bool) {
	t, ok := c[use]
	if !ok {
		return journey.StepType{}, false
	}
	return journey.StepType{StepType: t.StepType, Digest: t.plugin.module.Digest()}, true
}

// Uses lists the names of all step types, sorted.
func (c catalog) Uses() []string { return slices.Sorted(maps.Keys(c)) }

// steps runs the step types of a catalog.
type steps struct {
	catalog      catalog
	capabilities *capability.Set
	metrics      *metrics.Metrics
	log          *slog.Logger
	believed     map[string]believed // what counts of the word of each upstream provider
	failures     *failures           // nil: nobody develops
}

// Run makes one call of a step: the guest runs, the capabilities that it calls
// act, and what it says is checked against its grant. It satisfies
// journey.Stepper; a failure is a *journey.StepError.
func (s *steps) Run(ctx context.Context, c journey.Call) (journey.Output, error) {
	use, in := c.Use, c.Input
	t, ok := s.catalog[use]
	if !ok {
		return journey.Output{}, fmt.Errorf("step type %q is not loaded", use)
	}
	call := s.capabilities.Call(capability.CallInfo{
		Run:         in.Journey.Run,
		Journey:     in.Journey.Name,
		Step:        in.Call.Step,
		Digest:      t.plugin.module.Digest(),
		Client:      in.Request.ClientID,
		Subject:     in.Subject,
		Evidence:    in.Evidence,
		Interactive: in.Call.Interactive,
		Asked:       consent.Asked{Scope: in.Request.Scope, Claims: in.Request.Claims, Details: len(in.Request.AuthorizationDetails) > 0},
		AsksAnew:    slices.Contains(in.Request.Prompt, "consent"),
		Anew:        c.Anew,
		Login:       slices.Contains(in.Request.Prompt, "login"),
		MaxAge:      in.Request.MaxAge,
		Address:     c.From.Address,
		Device:      c.From.Device,
		Granted:     t.plugin.granted,
		Rules:       t.plugin.rules,
		Fetches:     t.fetches,
		Configured:  configured(in.Config, t.ConfigSchema),
	})
	result, err := t.plugin.module.Call(ctx, in, call)
	s.count(t, in.Call.Type, result, err)
	s.record(ctx, t, use, in, result, err)
	s.failures.note(t, use, in, result, err)
	if err != nil {
		return journey.Output{Digest: t.plugin.module.Digest(), Undeclared: result.Stats.Undeclared}, stepError(err, call.Busy())
	}
	s.boundWord(ctx, in, &result.Output)
	return journey.Output{
		Output:     result.Output,
		Digest:     t.plugin.module.Digest(),
		Undeclared: result.Stats.Undeclared,
		Evidence:   call.Evidence(),
		Subject:    call.Subject(),

		Consented: call.Consented(),
		Upstream:  call.Upstream(),
	}, nil
}

func stepError(err error, busy bool) error {
	failed, ok := errors.AsType[*plugin.Error](err)
	if !ok {
		return err
	}
	return &journey.StepError{Class: string(failed.Class), Code: failed.Code, Message: failed.Message, Busy: busy}
}

// record logs what a call did. What the guest says is its own word: answers of the user
// in it, and what the step keeps between two calls, are struck out.
func (s *steps) record(ctx context.Context, t stepType, use string, in abi.Input, r plugin.Result, err error) {
	if err == nil && len(r.Stats.Logs) == 0 && len(r.Stats.Undeclared) == 0 && !s.log.Enabled(ctx, slog.LevelDebug) {
		return // most calls: nothing of what follows would be logged
	}
	log := s.log.With("run", in.Journey.Run, "journey", in.Journey.Name, "step", in.Call.Step, "use", use,
		"plugin", t.plugin.name, "digest", t.plugin.module.Digest())
	said := failedRun{secrets: map[string]bool{}}
	if len(r.Stats.Logs) > 0 || err != nil {
		said.remember(in)
	}
	for _, line := range r.Stats.Logs {
		log.Log(ctx, slog.Level(line.Level), "guest: "+said.strike(line.Message))
	}
	if len(r.Stats.Undeclared) > 0 {
		log.WarnContext(ctx, "capabilities refused that the step does not declare", "capabilities", r.Stats.Undeclared)
	}
	level, outcome := slog.LevelDebug, outcomeOf(r.Output)
	attributes := []any{"mode", r.Stats.Mode, "fuel", r.Stats.FuelUsed, "memory", r.Stats.MemoryBytes, "took", r.Stats.Duration}
	if failed, ok := errors.AsType[*plugin.Error](err); ok {
		level, outcome = slog.LevelWarn, string(failed.Class)
		attributes = append(attributes, "code", said.strike(failed.Code), "message", said.strike(failed.Message))
	}
	log.Log(ctx, level, "step called", append(attributes, "outcome", outcome)...)
}

// count counts a call. The guest's own words don't get into the metrics: it could make
// as many series as it likes.
func (s *steps) count(t stepType, name string, r plugin.Result, err error) {
	c := metrics.Call{
		Plugin: t.plugin.name, Type: name, Mode: r.Stats.Mode, Outcome: kindOf(r.Output), Ran: true,
		Took: r.Stats.Duration, Fuel: r.Stats.FuelUsed, Memory: r.Stats.MemoryBytes,
	}
	if failed, ok := errors.AsType[*plugin.Error](err); ok {
		c.Outcome = string(failed.Class)
		if failed.Refused() {
			c.Outcome, c.Ran = failed.Code, false
		}
	}
	s.metrics.Step(c)
}

func kindOf(o abi.Output) string {
	switch {
	case o.Prompt != nil:
		return "prompt"
	case o.Redirect != nil:
		return "redirect"
	}
	return "outcome"
}

func outcomeOf(o abi.Output) string {
	if o.Outcome != "" {
		return o.Outcome
	}
	return kindOf(o)
}
