package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/token"
)

func newKeys() *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "See and change the signing keys: list, rotate, retire",
		Long: `Each algorithm has a key that signs. A key is published some time before it signs, because
clients keep the key set, and stays published until what it signed has expired. A running
host knows of what changed within seconds.`,
		RunE: needsSubcommand,
	}
	c.AddCommand(newKeysList(), newKeysRotate(), newKeysRetire())
	return c
}

// withSigningKeys gives a command the signing keys of the configured store.
func withSigningKeys(path *string, do func(c *cobra.Command, keys *host.SigningKeys, args []string) error) func(*cobra.Command, []string) error {
	return withStored(path, host.WithSigningKeys, do)
}

func newKeysList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List the keys that are published", Args: cobra.NoArgs,
		Long: `List shows the keys that are published: next waits to sign, signs does, retiring signs no
more while what it signed may live until UNTIL, ended is about to be removed.`,
	}
	path := configFlag(c)
	c.RunE = withSigningKeys(path, func(c *cobra.Command, keys *host.SigningKeys, _ []string) error {
		all, err := keys.List(c.Context())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "KEY\tALG\tSTATE\tSIGNS FROM\tTO\tUNTIL")
		for _, k := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Alg, k.State, moment(k.SignsAt), moment(k.RetiredAt), moment(k.Until))
		}
		return w.Flush()
	})
	return c
}

func newKeysRotate() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate [ALG ...]",
		Short: "Publish the next key of each algorithm, or of these",
		Example: `  acrhost keys rotate              # signs after publish_before of [keys], a day by default
  acrhost keys rotate ES256 --now  # signs in ten seconds: clients that keep the key set must look again`,
		ValidArgs: token.Algs(),
	}
	path := configFlag(c)
	now := c.Flags().Bool("now", false, "the new key signs as soon as every host knows it")
	c.RunE = withSigningKeys(path, func(c *cobra.Command, keys *host.SigningKeys, args []string) error {
		if len(args) == 0 {
			args = token.Algs()
		}
		for _, alg := range args {
			if !slices.Contains(token.Algs(), alg) {
				return fmt.Errorf("unknown algorithm %q, there are %s", alg, strings.Join(token.Algs(), ", "))
			}
		}
		for _, alg := range args {
			added, err := keys.Rotate(c.Context(), alg, *now)
			if errors.Is(err, token.ErrInUse) {
				return fmt.Errorf("%w; --now has another one sign before it", err)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s signs from %s\n", added.Alg, added.ID, moment(added.Signs))
		}
		return nil
	})
	return c
}

func newKeysRetire() *cobra.Command {
	c := &cobra.Command{
		Use:   "retire KEY",
		Short: "Remove a key, so that nothing that it signed is good any more",
		Long: `Retire removes a key from the key set and from the store. A host does so by itself when
what the key signed has expired. Before that, retire refuses, but with --now: that is for
a key that was stolen. Then another key signs at once, and whoever holds a token that the
old one signed has to get a new one. Who checks tokens by themselves believes the old key
until they read the key set again: at most five minutes, if they heed its Cache-Control.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	now := c.Flags().Bool("now", false, "also when it signs, or when what it signed may be alive")
	c.RunE = withSigningKeys(path, func(c *cobra.Command, keys *host.SigningKeys, args []string) error {
		changes, err := keys.Retire(c.Context(), args[0], *now)
		for _, done := range changes {
			if done.Kind == token.KeyAdded {
				fmt.Fprintf(c.OutOrStdout(), "%s %s signs now\n", done.Alg, done.ID)
				continue
			}
			fmt.Fprintf(c.OutOrStdout(), "retired %s %s\n", done.Alg, done.ID)
		}
		if errors.Is(err, token.ErrInUse) {
			return fmt.Errorf("%w; acrhost keys rotate puts another in its place, --now ends it all the same", err)
		}
		return err
	})
	return c
}
