package main

import (
	"github.com/spf13/cobra"
)

func newPluginBuild() *cobra.Command {
	c := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Build a project's module",
		Long: `Build builds the project in DIR, or in this folder, with its language's own tools, and
says how large the module is and what its digest is. With --watch it builds again at each
change.

Exit codes: 0, built; 1, the compiler failed, and what it said is shown; 2, there is no
project, or a tool is missing.`,
		Example: `  acrhost plugin build
  acrhost plugin build risk-score --watch`,
		Args: maybeOneDir,
	}
	again := c.Flags().Bool("watch", false, "build again at each change, until Ctrl-C")
	c.SetFlagErrorFunc(usageError)
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := openProject(args)
		if err != nil {
			return err
		}
		build := func() error { return compile(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), p) }
		if !*again {
			return build()
		}
		w, err := watchProject(p)
		if err != nil {
			return err
		}
		return repeatedly(c.Context(), c.ErrOrStderr(), w, build)
	}
	return c
}
