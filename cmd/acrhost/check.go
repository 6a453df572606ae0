package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
)

func newCheck() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration and the plugins it names; list every fault",
		Long: `Check reads the configuration, loads its plugins and checks every journey.
It prints each fault with its file, line and a hint, and exits with 1 if there is any.`,
		Example: `  acrhost check
  acrhost check --config /etc/acrhost/config.toml`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, faults := config.Machine().Inspect(*path)
		if cfg != nil {
			err := host.Check(c.Context(), cfg, host.Options{StandardDigest: standardDigest})
			more, ok := errors.AsType[config.Faults](err)
			if err != nil && !ok {
				return err
			}
			faults = append(faults, newOnly(faults, more)...)
		}
		if len(faults) > 0 {
			return printFaults(c, faults.Sort())
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %d journeys, %d clients, %d plugins: no faults\n",
			*path, len(cfg.Journeys), len(cfg.Clients), len(cfg.Plugins))
		return nil
	}
	return c
}

func printFaults(c *cobra.Command, faults config.Faults) error {
	for _, f := range faults {
		fmt.Fprintln(c.ErrOrStderr(), f.Error())
	}
	noun := "faults"
	if len(faults) == 1 {
		noun = "fault"
	}
	return fmt.Errorf("%d %s in the configuration", len(faults), noun)
}

// newOnly are the faults at lines of which nothing was said yet: what is wrong with
// a line for the reader is not worth a second word.
func newOnly(said, more config.Faults) config.Faults {
	return slices.DeleteFunc(more, func(f journey.Fault) bool {
		return slices.ContainsFunc(said, func(s journey.Fault) bool { return s.Pos == f.Pos })
	})
}
