package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/config"
)

func newPluginLock() *cobra.Command {
	c := &cobra.Command{
		Use:   "lock [PLUGIN ...]",
		Short: "Pin what the configuration's plugins are now",
		Long: `Lock looks at every plugin of the configuration, at its file or its source, verifies its
signature and writes acrhost.lock beside the configuration: digest, version, signer and
what it asks for. From then on serve and check load exactly that, and stop when a
plugin becomes something else, with what it asks for beyond. It prints that too: read it
before you commit the file. With names only those plugins are looked at.

Exit codes: 0, the lock is written; 1, a plugin was refused, and nothing was written.`,
		Example: `  acrhost plugin lock --config config.toml
  acrhost plugin lock risk --username acme --password-stdin < password`,
	}
	path := configFlag(c)
	var flags sourceFlags
	flags.addLogin(c)
	c.RunE = func(c *cobra.Command, names []string) error {
		client, err := flags.client(c)
		if err != nil {
			return err
		}
		cfg, err := config.Load(*path)
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		if err != nil {
			return err
		}
		done, err := host.Lock(c.Context(), cfg, host.Options{StandardDigest: standardDigest}, client, names...)
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		if err != nil {
			return err
		}
		for _, one := range done {
			printLocked(c, one)
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %d plugins\n", cfg.LockFile, len(done))
		return nil
	}
	return c
}

func printLocked(c *cobra.Command, l host.Locked) {
	out := c.OutOrStdout()
	fmt.Fprintf(out, "%s: %s %s, %s, %s\n", l.Plugin, plain(l.Entry.Name), plain(l.Entry.Version), l.Entry.Digest, signerOf(l.Entry))
	switch before := l.Before; {
	case before == nil:
		fmt.Fprintln(out, "  new")
	case before.Digest == l.Entry.Digest:
		fmt.Fprintln(out, "  unchanged")
	case l.Entry.Swapped(*before):
		fmt.Fprintf(out, "  was %s %s, is %s %s\n", plain(before.Name), plain(before.Version), plain(l.Entry.Name), plain(l.Entry.Version))
		fmt.Fprintf(out, "  warning: this is another plugin; it was %s, %s\n", before.Digest, signerOf(*before))
	case l.Entry.RolledBack(*before):
		fmt.Fprintf(out, "  was %s, %s, %s\n", plain(before.Version), before.Digest, signerOf(*before))
		fmt.Fprintf(out, "  warning: this is a rollback, from %s to the older %s: it may have a fault again that was mended\n", plain(before.Version), plain(l.Entry.Version))
	default:
		fmt.Fprintf(out, "  was %s, %s, %s\n", plain(before.Version), before.Digest, signerOf(*before))
	}
	for _, more := range l.More {
		fmt.Fprintf(out, "  asks for %s\n", more)
	}
}

func signerOf(e lock.Entry) string {
	if e.Signer == "" {
		return "unsigned"
	}
	return "signed by " + plain(e.Signer)
}
