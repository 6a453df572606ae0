package main

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestRunsObeyNoModule holds that what a module says can't tell the terminal anything.
func TestRunsObeyNoModule(t *testing.T) {
	const evil = "\x1b[2J\x07\u009b2J\u202e\U000e0001"
	for name, line := range map[string]runLine{
		"outcome": newRunLine(plugin.Result{Output: abi.Output{Outcome: evil, Vars: map[string]any{evil: evil}}}, nil),
		"error":   newRunLine(plugin.Result{}, &plugin.Error{Class: plugin.GuestError, Message: evil}),
		"prompt":  newRunLine(plugin.Result{Output: abi.Output{Prompt: &abi.Prompt{Title: evil, Text: evil}}}, nil),
		"log":     newRunLine(plugin.Result{Stats: plugin.Stats{Logs: []plugin.LogLine{{Message: evil}}}}, errors.New("none")),
	} {
		var out strings.Builder
		line.describe(&out)
		for _, r := range out.String() {
			if r != '\n' && !unicode.IsGraphic(r) {
				t.Errorf("%s: %U gets to the terminal in %q", name, r, out.String())
			}
		}
	}
}
