package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

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
module and, beside it, its signature. With --jwks nothing is written unless the signature
passes; a configuration checks it anyway, whenever it loads the module.

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

// writeModule writes a module and its signature. A name that somebody else chose never
// takes the place of a file.
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
	}
	if err := write(out, f.Wasm, 0o644); err != nil {
		return err
	}
	if len(f.Signatures) > 0 {
		if err := shelf.WriteFile(out+signature.Suffix, f.Signatures[0], 0o644); err != nil {
			return err
		}
	}
	signed := "unsigned"
	if len(f.Signatures) > 0 {
		signed = "signature in " + out + signature.Suffix
	}
	fmt.Fprintf(c.OutOrStdout(), "wrote %s, %s, %s\n", out, artifact.Digest(f.Wasm), signed)
	if f.Artifact != "" {
		fmt.Fprintf(c.OutOrStdout(), "from the artifact %s\n", f.Artifact)
	}
	return nil
}
