package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// benchOptions are the flags of plugin bench.
type benchOptions struct {
	input, step string
	time        time.Duration
	json        bool
}

func newPluginBench() *cobra.Command {
	c := &cobra.Command{
		Use:   "bench MODULE",
		Short: "Measure a step in each mode",
		Long: `Bench calls a step of a module over and over, with one input document, in each mode
that the module can have, one caller at a time, with every capability denied. It shows
the time of a call (the median of several rounds), what the host allocates for it, the
guest's fuel and memory, and the ratio to the fastest mode.

Exit codes: 0, measured; 1, a call ended in an error class; 2, the module was refused or
the arguments are wrong.`,
		Example: `  acrhost plugin bench step.wasm --input input.json
  acrhost plugin bench plugins/dist/standard.wasm --step set-acr --input input.json --time 5s --json`,
		Args: oneArgument("MODULE"),
	}
	var o benchOptions
	c.Flags().StringVar(&o.input, "input", "", "the input document, a `file` or - for standard input (required)")
	c.Flags().StringVar(&o.step, "step", "", "the step `type`; needed when the module offers several")
	c.Flags().DurationVar(&o.time, "time", time.Second, "how `long` to measure each mode")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error { return pluginBench(c, args[0], o) }
	return c
}

// benched is what plugin bench --json prints.
type benched struct {
	Module string      `json:"module"`
	Digest string      `json:"digest"`
	Step   string      `json:"step"`
	Auto   plugin.Mode `json:"auto"` // the mode that auto chooses
	Modes  []modeCost  `json:"modes"`
}

// modeCost is one mode, measured, or why the module can't have it.
type modeCost struct {
	Mode   plugin.Mode `json:"mode"`
	WhyNot string      `json:"why_not,omitempty"`
	*cost
	Ratio float64 `json:"ratio,omitempty"` // to the fastest mode
}

func pluginBench(c *cobra.Command, path string, o benchOptions) error {
	if o.time <= 0 {
		return &exitError{2, fmt.Errorf("--time %s: more than none", o.time)}
	}
	in, err := readInput(c.InOrStdin(), o.input)
	if err != nil {
		return &exitError{2, err}
	}
	return withLoader(c, path, func(l loader) error {
		result, err := bench(c, l, in, o)
		if err != nil {
			return err
		}
		if o.json {
			return printJSON(c.OutOrStdout(), result)
		}
		return result.describe(c.OutOrStdout())
	})
}

// bench measures each mode. The module as auto has it stays loaded meanwhile, so that
// it is compiled once.
func bench(c *cobra.Command, l loader, in abi.Input, o benchOptions) (benched, error) {
	result := benched{Module: l.spec.Name}
	err := l.with(c.Context(), plugin.Auto, func(m *plugin.Module) (err error) {
		if in.Call.Type, err = stepType(m.Manifest(), o.step, in.Call.Type); err != nil {
			return &exitError{2, err}
		}
		result.Digest, result.Step, result.Auto = m.Digest(), in.Call.Type, m.Mode()
		for _, mode := range modes()[1:] {
			one, err := benchMode(c, l, mode, in, o.time)
			if err != nil {
				return err
			}
			result.Modes = append(result.Modes, one)
		}
		return nil
	})
	compare(result.Modes)
	return result, err
}

// benchMode measures one mode. A module that can't have it is no error.
func benchMode(c *cobra.Command, l loader, mode plugin.Mode, in abi.Input, long time.Duration) (modeCost, error) {
	one := modeCost{Mode: mode}
	err := l.with(c.Context(), mode, func(m *plugin.Module) (err error) {
		fmt.Fprintf(c.ErrOrStderr(), "acrhost: measuring the mode %s for %s\n", mode, long)
		one.cost, err = measure(c.Context(), m, in, long)
		return err
	})
	if refused, ok := errors.AsType[*plugin.RefusedError](err); ok { // auto was loaded
		one.WhyNot = refused.Reason
		return one, nil
	}
	return one, err
}

// compare fills in the ratios.
func compare(list []modeCost) {
	fastest := 0.0
	for _, one := range list {
		if one.cost != nil && (fastest == 0 || one.NS < fastest) {
			fastest = one.NS
		}
	}
	for i := range list {
		if list[i].cost != nil && fastest > 0 {
			list[i].Ratio = list[i].NS / fastest
		}
	}
}

// describe prints the table for people.
func (b benched) describe(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "mode\tµs/call\tbytes/call\tallocations/call\tfuel\tmemory\tratio\t")
	for _, one := range b.Modes {
		if one.cost == nil {
			continue
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.0f\t%.1f\t%d\t%d KiB\t%.2f\t\n", one.Mode,
			one.NS/1000, one.Bytes, one.Allocations, one.Fuel, one.Memory>>10, one.Ratio)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	for _, one := range b.Modes {
		if one.cost == nil {
			fmt.Fprintf(out, "no %s: %s\n", one.Mode, one.WhyNot)
		}
	}
	fmt.Fprintf(out, "auto chooses %s\n", b.Auto)
	return nil
}
