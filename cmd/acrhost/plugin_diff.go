package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
)

func newPluginDiff() *cobra.Command {
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show what a new version of a module asks for beyond the old one",
		Long: `Diff compares two packed modules without running them: capabilities, what their steps read
and write, and what they import; and, for the journeys that use them, steps, outcomes and
configurations. OLD and NEW are files or references as plugin pull takes them.

Exit codes: 0, the new one asks for no more; 1, it asks for more; 2, one of them can't be read.`,
		Example: `  acrhost plugin diff plugins/risk.wasm new/risk.wasm
  acrhost plugin diff plugins/risk.wasm oci://registry.example.com/acme/risk:1.5.0 --json`,
		Args: arguments(2),
	}
	var flags sourceFlags
	flags.add(c)
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		var modules [2][]byte
		for i, arg := range args {
			_, f, err := flags.fetch(c, arg)
			if err != nil {
				return &exitError{2, err}
			}
			modules[i] = f.Wasm
		}
		d, err := artifact.Diff(modules[0], modules[1])
		if err != nil {
			return &exitError{2, err}
		}
		if *asJSON {
			err = printJSON(c.OutOrStdout(), d)
		} else {
			printDifference(c, d)
		}
		if err == nil && len(d.More) > 0 {
			return &exitError{1, nil}
		}
		return err
	}
	return c
}

func printDifference(c *cobra.Command, d artifact.Difference) {
	out := c.OutOrStdout()
	for _, change := range d.Changes {
		fmt.Fprintln(out, change)
	}
	for _, more := range d.More {
		fmt.Fprintln(out, "asks for "+more.String())
	}
	if len(d.More) == 0 {
		fmt.Fprintln(out, "it asks for no more")
	}
}
