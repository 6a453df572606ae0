package steptest

import (
	"encoding/json"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Run makes the call and gives what the step answered, an error document as well.
// The test fails when there is no output, or one that the host would refuse.
func (c *Call) Run() abi.Output {
	c.t.Helper()
	manifest, err := c.step.Manifest()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := conforms(manifest.ConfigSchema, c.in.Config); err != nil {
		c.t.Fatalf("the host would refuse the configuration: %v", err)
	}
	document, err := c.answer()
	if err != nil {
		c.t.Fatalf("guest error: %v", err)
	}
	if err := conformsOutput(document); err != nil {
		c.t.Fatalf("the host would refuse the output %s: %v", document, err)
	}
	var out abi.Output
	if err := json.Unmarshal(document, &out); err != nil {
		c.t.Fatalf("decode the output: %v", err)
	}
	c.hold(manifest, out)
	return out
}

// Fault makes the call with a configuration that the schema refuses, and gives the
// step's error document: the step has the last word when a host forgot to ask. The
// test fails when the schema or the step accepts the configuration.
func (c *Call) Fault() abi.Error {
	c.t.Helper()
	manifest, err := c.step.Manifest()
	if err != nil {
		c.t.Fatal(err)
	}
	if conformsChecked && conforms(manifest.ConfigSchema, c.in.Config) == nil {
		c.t.Fatalf("the schema accepts the configuration %s", c.in.Config)
	}
	document, err := c.answer()
	if err != nil {
		c.t.Fatalf("guest error: %v", err)
	}
	var out abi.Output
	if err := json.Unmarshal(document, &out); err != nil {
		c.t.Fatalf("decode the output: %v", err)
	}
	if out.Error == nil {
		c.t.Fatalf("the step accepts the configuration %s", c.in.Config)
	}
	return *out.Error
}

// Log is what the step has logged.
func (c *Call) Log() []Line { return c.host.lines }

// Asked are the capabilities that the step has called, in order.
func (c *Call) Asked() []string { return c.host.asked }

func (c *Call) answer() ([]byte, error) {
	c.t.Helper()
	input, err := json.Marshal(c.in)
	if err != nil {
		c.t.Fatalf("encode the input: %v", err)
	}
	if err := conformsInput(input); err != nil {
		c.t.Fatalf("the test's input is none that a host sends: %v", err)
	}
	return step.Module{Steps: []step.Type{c.step}}.Answer(&c.host, input)
}

// hold holds the step to what its type declares.
func (c *Call) hold(manifest abi.StepType, out abi.Output) {
	c.t.Helper()
	if undeclared := c.host.undeclared(manifest.Capabilities); len(undeclared) > 0 {
		c.t.Errorf("the step asked for %q, which its type does not declare", undeclared)
	}
	if out.Outcome == "" {
		return
	}
	var config map[string]any
	if err := json.Unmarshal(c.in.Config, &config); err != nil {
		c.t.Fatalf("decode the configuration: %v", err)
	}
	outcomes, err := manifest.AllOutcomes(config)
	if err != nil {
		c.t.Fatal(err)
	}
	if !slices.Contains(outcomes, out.Outcome) {
		c.t.Errorf("the outcome %q is none of %q, which the type declares", out.Outcome, outcomes)
	}
	c.holdWrites(manifest, config, out)
}
