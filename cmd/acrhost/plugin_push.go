package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
)

func newPluginPush() *cobra.Command {
	c := &cobra.Command{
		Use:   "push MODULE oci://HOST/REPOSITORY:TAG",
		Short: "Put a packed module, and its signature, into a registry",
		Long: `Push puts a module into an OCI registry, in the layout of the CNCF for WebAssembly, and
MODULE.jws beside it as a referrer, where there is one. It prints the reference with the
digest: pulled by that, a tag that was moved since is noticed.

Exit codes: 0, it is there; 1, the registry refused it; 2, the arguments are wrong.`,
		Example: `  acrhost plugin push risk.wasm oci://registry.example.com/acme/risk:1.4.2
  acrhost plugin push risk.wasm oci://127.0.0.1:5000/acme/risk:1.4.2 --plain-http --username acme --password-stdin < password`,
		Args: arguments(2),
	}
	var flags sourceFlags
	flags.add(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		r, err := flags.reference(args[1])
		if err != nil {
			return err
		}
		client, err := flags.client(c)
		if err != nil {
			return err
		}
		return push(c, client, args[0], r)
	}
	return c
}

func push(c *cobra.Command, client *source.Client, path string, r reference.Reference) error {
	f, err := source.ReadFile(path)
	if err != nil {
		return &exitError{2, err}
	}
	of, err := subject(path, f.Wasm)
	if err != nil {
		return &exitError{2, err}
	}
	var jws []byte
	if len(f.Signatures) > 0 {
		jws = f.Signatures[0]
		if err := signature.Stale(jws, of, time.Now()); err != nil {
			return &exitError{2, fmt.Errorf("%s: %w; sign it again", path+signature.Suffix, err)}
		}
	} else {
		fmt.Fprintf(c.ErrOrStderr(), "acrhost: there is no %s: the module goes out unsigned\n", path+signature.Suffix)
	}
	digest, err := client.Push(c.Context(), r, filepath.Base(path), f.Wasm, jws)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "pushed %s\n", r.Pinned(digest))
	return nil
}
