package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

func newUserLink() *cobra.Command {
	c := &cobra.Command{
		Use:   "link NAME PROVIDER SUB",
		Short: "Let a user sign in at another OpenID Provider",
		Long: `Link ties a user of another provider, by the sub that it gives them, to a user here. It
leaves an audit event; user factors lists it, and user reset-factor takes it away.`,
		Example: `  acrhost user link carol corporate 248289761001`,
		Args:    cobra.ExactArgs(3),
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := config.Load(*path)
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		if err != nil {
			return err
		}
		provider, ok := cfg.Upstream[args[1]]
		if !ok {
			return fmt.Errorf("there is no [upstream.%s]; there are: %s", args[1], strings.Join(slices.Sorted(maps.Keys(cfg.Upstream)), ", "))
		}
		return host.WithAccounts(c.Context(), cfg, func(_ context.Context, accounts *account.Service) error {
			return link(c, accounts, args[0], account.Upstream{Provider: provider.Name, Issuer: provider.Issuer, Subject: args[2]})
		})
	}
	return c
}

func link(c *cobra.Command, accounts *account.Service, name string, u account.Upstream) error {
	user, err := find(c, accounts, name)
	if err != nil {
		return err
	}
	err = accounts.LinkUpstream(c.Context(), user.ID, u)
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("%s at %s is linked to a user already; user reset-factor takes a link away", u.Subject, u.Provider)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "linked %s to %s\n", user.Name, u.Provider)
	return nil
}
