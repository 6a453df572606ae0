package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the step ABI and the standard plugin's digest",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			digest := standardDigest
			if digest == "" {
				digest = "none (built without make)"
			}
			fmt.Fprintf(c.OutOrStdout(), "acrhost %s\nstep ABI %s\nstandard plugin %s\n%s %s/%s\n",
				version, abi.Version, digest, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
