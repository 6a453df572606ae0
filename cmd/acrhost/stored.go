package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/config"
)

// withStored gives a command a part of what the configured store keeps, such as its
// users; a host may serve meanwhile.
func withStored[T any](
	path *string,
	open func(ctx context.Context, cfg *config.Config, do func(context.Context, T) error) error,
	do func(c *cobra.Command, part T, args []string) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		cfg, err := config.Load(*path)
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		if err != nil {
			return err
		}
		return open(c.Context(), cfg, func(_ context.Context, part T) error { return do(c, part, args) })
	}
}
