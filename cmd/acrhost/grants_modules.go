package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/store"
)

func newGrantsModules() *cobra.Command {
	c := &cobra.Command{
		Use: "modules", Short: "List the modules that were revoked: no login may rest on them", Args: cobra.NoArgs,
	}
	path := configFlag(c)
	c.RunE = withGrants(path, func(c *cobra.Command, grants *host.Grants, _ []string) error {
		all, err := grants.RevokedModules(c.Context())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "MODULE\tREVOKED\tREASON")
		for _, m := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\n", m.Digest, moment(m.At), m.Reason)
		}
		return w.Flush()
	})
	return c
}

func newGrantsAllow() *cobra.Command {
	c := &cobra.Command{
		Use:   "allow DIGEST",
		Short: "Take back that a module was revoked",
		Long: `Allow lets logins rest on a module again that revoke --plugin-digest has revoked. The grants
that it ended stay ended.`,
		Example: "  acrhost grants allow sha256:…",
		Args:    cobra.ExactArgs(1),
	}
	path := configFlag(c)
	c.RunE = withGrants(path, func(c *cobra.Command, grants *host.Grants, args []string) error {
		if err := checkDigest("the digest", args[0]); err != nil {
			return err
		}
		err := grants.AllowModule(c.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s is not revoked; see acrhost grants modules", args[0])
		}
		if err == nil {
			fmt.Fprintf(c.OutOrStdout(), "logins may rest on %s again\n", args[0])
		}
		return err
	})
	return c
}
