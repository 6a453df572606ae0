package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
)

func newPluginSign() *cobra.Command {
	c := &cobra.Command{
		Use:   "sign MODULE --key KEY",
		Short: "Sign a packed module",
		Long: `Sign writes MODULE.jws: a JWS over the module's name, version and digest, and how long that
holds. The module itself stays as it is. It must be packed: its manifest is part of what
you vouch for.

Exit codes: 0, it is signed; 2, the key or the module can't be used.`,
		Example: `  acrhost plugin sign risk.wasm --key acme.key.jwk
  acrhost plugin sign risk.wasm --key acme.key.jwk --expires 90d`,
		Args: oneArgument("MODULE"),
	}
	keyFile := c.Flags().String("key", "", "the private key's `file`, as keygen made it (required)")
	expires := c.Flags().String("expires", "365d", "how `long` the signature holds")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := sign(c, args[0], *keyFile, *expires); err != nil {
			return &exitError{2, err}
		}
		return nil
	}
	return c
}

func sign(c *cobra.Command, path, keyFile, expires string) error {
	if keyFile == "" {
		return fmt.Errorf("--key is required: the private key's file")
	}
	lasts, err := signature.Lifetime(expires)
	if err != nil {
		return fmt.Errorf("--expires: %w", err)
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	key, err := signature.ParseKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", keyFile, err)
	}
	wasm, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read module: %w", err)
	}
	of, err := subject(path, wasm)
	if err != nil {
		return err
	}
	jws, err := key.Sign(of, time.Now(), lasts)
	if err != nil {
		return err
	}
	if err := shelf.WriteFile(path+signature.Suffix, append(jws, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "signed %s %s, %s, with the key %s\n", plain(of.Name), plain(of.Version), of.Digest, key.ID())
	return nil
}

// subject is what is signed of a module.
func subject(path string, wasm []byte) (signature.Subject, error) {
	m, err := artifact.Manifest(wasm)
	if err != nil {
		return signature.Subject{}, fmt.Errorf("%s: %w; acrhost plugin pack puts the manifest into it", path, err)
	}
	return signature.Subject{Name: m.Name, Version: m.Version, Digest: artifact.Digest(wasm)}, nil
}
