package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
)

func newPluginPull() *cobra.Command {
	c := &cobra.Command{
		Use:   "pull REFERENCE",
		Short: "Fetch a module, and its signature, from a registry or an address",
		Long: `Pull fetches a module from oci://host/repository:tag, with @sha256:… behind it exactly that
artifact, or from https://…#sha256:…, whose content must have that digest. It writes the
module and, beside it, its signature: of several the newest that says it is for this module
and holds now. With --jwks it is the newest that passes, and nothing is written if none
does; a configuration checks it anyway, whenever it loads the module.

Exit codes: 0, it is written; 1, it couldn't be had or a check failed; 2, the arguments are wrong.`,
		Example: `  acrhost plugin pull oci://registry.example.com/acme/risk:1.4.2 --jwks acme.jwks.json
  acrhost plugin pull oci://registry.example.com/acme/risk@sha256:… -o plugins/risk.wasm`,
		Args: arguments(1),
	}
	var flags sourceFlags
	flags.add(c)
	out := c.Flags().StringP("output", "o", "", "the `file` to write; without it the publisher's name for it, if there is none yet")
	jwks := c.Flags().String("jwks", "", "the vendor's public keys, a `file` or an https URL")
	c.RunE = func(c *cobra.Command, args []string) error {
		r, f, err := flags.fetch(c, args[0])
		if err != nil {
			return err
		}
		if *jwks != "" {
			jws, err := verify(c, f, args[0], *jwks)
			if err != nil {
				return err
			}
			f.Signatures = [][]byte{jws}
		} else {
			tellPassedOver(c, f)
		}
		return writeModule(c, f, r, *out)
	}
	return c
}

// fetch brings what an argument names.
func (f *sourceFlags) fetch(c *cobra.Command, arg string) (reference.Reference, *source.Fetched, error) {
	r, err := f.reference(arg)
	if err != nil {
		return r, nil, err
	}
	client, err := f.client(c)
	if err != nil {
		return r, nil, err
	}
	found, err := client.Fetch(c.Context(), r)
	return r, found, err
}

// tellPassedOver says which signatures count for nothing: the artifact has them, and whoever
// misses one wants to know why.
func tellPassedOver(c *cobra.Command, f *source.Fetched) {
	for _, err := range f.PassedOver {
		fmt.Fprintf(c.ErrOrStderr(), "acrhost: passed over: %s\n", plain(err.Error()))
	}
}

// best is the signature to keep beside a module, where nobody said whose may count: the
// first, which is the newest, that says it is for this module and holds now. Where all of
// them are stale it is the first, with what is wrong with it.
func best(f *source.Fetched) (jws []byte, stale error) {
	of, err := subject("the module", f.Wasm)
	if err != nil {
		return f.Signatures[0], err
	}
	for _, one := range f.Signatures {
		if signature.Stale(one, of, time.Now()) == nil {
			return one, nil
		}
	}
	return f.Signatures[0], signature.Stale(f.Signatures[0], of, time.Now())
}

// writeModule writes a module and its signature. A name that somebody else chose never
// takes the place of a file, neither with the one nor with the other.
func writeModule(c *cobra.Command, f *source.Fetched, r reference.Reference, out string) error {
	write := shelf.WriteFile
	if out == "" {
		write = shelf.WriteNew
		if out = f.Title; !strings.HasSuffix(out, ".wasm") || strings.HasPrefix(out, ".") {
			out = path.Base(r.Repository) + ".wasm"
		}
		if r.Kind != reference.OCI && f.Title == "" {
			return &exitError{2, errors.New("-o is required: the file to write")}
		}
		if _, err := os.Lstat(out + signature.Suffix); err == nil {
			return fmt.Errorf("%s is there already; choose a name with -o", out+signature.Suffix)
		}
	}
	if err := write(out, f.Wasm, 0o644); err != nil {
		return err
	}
	signed := "unsigned"
	if len(f.Signatures) > 0 {
		jws, stale := best(f)
		if stale != nil {
			fmt.Fprintf(c.ErrOrStderr(), "acrhost: no signature of it holds; that which is written: %s\n", plain(stale.Error()))
		}
		if err := write(out+signature.Suffix, jws, 0o644); err != nil {
			return err
		}
		signed = "signature in " + out + signature.Suffix
	}
	fmt.Fprintf(c.OutOrStdout(), "wrote %s, %s, %s\n", out, artifact.Digest(f.Wasm), signed)
	if f.Artifact != "" {
		fmt.Fprintf(c.OutOrStdout(), "from the artifact %s\n", f.Artifact)
	}
	return nil
}
