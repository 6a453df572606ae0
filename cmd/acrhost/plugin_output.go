package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// runLine is what plugin run --json prints for each run.
type runLine struct {
	Output      *abi.Output      `json:"output"`
	Error       *runError        `json:"error"`
	FuelUsed    uint64           `json:"fuel_used"`
	MemoryBytes uint64           `json:"memory_bytes"`
	DurationUS  int64            `json:"duration_us"`
	Mode        string           `json:"mode"`
	Logs        []plugin.LogLine `json:"logs"`
}

type runError struct {
	Class   plugin.Class `json:"class"`
	Message string       `json:"message"`
}

func newRunLine(r plugin.Result, err error) runLine {
	line := runLine{
		FuelUsed:    r.Stats.FuelUsed,
		MemoryBytes: r.Stats.MemoryBytes,
		DurationUS:  r.Stats.Duration.Microseconds(),
		Mode:        r.Stats.Mode,
		Logs:        r.Stats.Logs,
	}
	if line.Logs == nil {
		line.Logs = []plugin.LogLine{}
	}
	if err == nil {
		line.Output = &r.Output
		return line
	}
	line.Error = &runError{Class: plugin.Trap, Message: err.Error()}
	if failed, ok := errors.AsType[*plugin.Error](err); ok {
		line.Error = &runError{Class: failed.Class, Message: failed.Message}
	}
	return line
}

// describe prints the run for people.
func (l runLine) describe(w io.Writer) {
	switch {
	case l.Error != nil:
		fmt.Fprintf(w, "error %s: %s\n", l.Error.Class, strings.ReplaceAll(tame(strings.TrimSpace(l.Error.Message)), "\n", "\n  "))
	case l.Output.Prompt != nil:
		fmt.Fprintf(w, "prompt %q with %d fields\n", l.Output.Prompt.Title, len(l.Output.Prompt.Fields))
	case l.Output.Redirect != nil:
		fmt.Fprintf(w, "redirect to %s\n", l.Output.Redirect.URL)
	default:
		fmt.Fprintf(w, "outcome %s\n", plain(l.Output.Outcome))
	}
	if l.Output != nil {
		if text, err := json.MarshalIndent(l.Output, "  ", "  "); err == nil {
			fmt.Fprintf(w, "  %s\n", tame(string(text)))
		}
	}
	for _, entry := range l.Logs {
		fmt.Fprintf(w, "  log %d: %q\n", entry.Level, entry.Message)
	}
	fmt.Fprintf(w, "  %d fuel, %d KiB memory, %s, mode %s\n",
		l.FuelUsed, l.MemoryBytes>>10, time.Duration(l.DurationUS)*time.Microsecond, l.Mode)
}

// blankInput is a first call with nothing known.
func blankInput() abi.Input {
	now := time.Now().UTC()
	return abi.Input{
		ABI:      abi.Version,
		Call:     abi.Call{ID: "c_run", Step: "step", Attempt: 1, Now: now, Interactive: true},
		Journey:  abi.Journey{Name: "run", Run: "r_run", StartedAt: now, Path: []string{}},
		Config:   json.RawMessage("{}"),
		Request:  abi.Request{ACRValues: []string{}, Scope: []string{}, Prompt: []string{}, UILocales: []string{}},
		AMR:      []string{},
		Evidence: []abi.Evidence{},
		Upstream: map[string]abi.Upstream{},
		Vars:     map[string]any{},
	}
}
