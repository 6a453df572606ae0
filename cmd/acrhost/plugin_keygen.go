package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
)

func newPluginKeygen() *cobra.Command {
	c := &cobra.Command{
		Use:   "keygen -o KEY",
		Short: "Make a key that signs plugins",
		Long: `Keygen makes a key, writes its private half into a new file that only you can read, and
prints the public half as a JWKS: publish that, where operators find it. An existing file
is left alone. Put both halves' keys into one JWKS while you change from one to another.`,
		Example: `  acrhost plugin keygen -o acme.key.jwk --jwks acme.jwks.json
  acrhost plugin keygen --alg ES256 -o acme.key.jwk > acme.jwks.json`,
		Args: arguments(0),
	}
	alg := c.Flags().String("alg", "EdDSA", "EdDSA or ES256")
	out := c.Flags().StringP("output", "o", "", "the `file` for the private key (required)")
	jwks := c.Flags().String("jwks", "", "the `file` for the public JWKS; without it standard output")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *out == "" {
			return &exitError{2, fmt.Errorf("-o is required: the file for the private key")}
		}
		key, err := signature.NewKey(*alg)
		if err != nil {
			return &exitError{2, err}
		}
		return writeKey(c, key, *out, *jwks)
	}
	return c
}

func writeKey(c *cobra.Command, key *signature.Key, out, jwks string) error {
	private, err := key.Private()
	if err != nil {
		return err
	}
	public, err := key.Public()
	if err != nil {
		return err
	}
	if err := shelf.WriteNew(out, private, 0o600); err != nil {
		return err
	}
	if jwks == "" {
		_, err = c.OutOrStdout().Write(public)
		return err
	}
	if err := shelf.WriteNew(jwks, public, 0o644); err != nil {
		return errors.Join(err, os.Remove(out)) // half a key would be in the way of the next try
	}
	return nil
}
