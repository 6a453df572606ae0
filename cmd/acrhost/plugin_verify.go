package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
)

func newPluginVerify() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify MODULE --jwks JWKS",
		Short: "Check who signed a module",
		Long: `Verify checks MODULE.jws: that it was made with one of the vendor's keys, for a module of
this name, version and digest, and holds now. Nothing of the module is run.

Exit codes: 0, all is well; 1, a check failed, and it says which; 2, something can't be read.`,
		Example: `  acrhost plugin verify risk.wasm --jwks acme.jwks.json
  acrhost plugin verify risk.wasm --jwks https://acme.example.com/jwks.json`,
		Args: oneArgument("MODULE"),
	}
	jwks := c.Flags().String("jwks", "", "the vendor's public keys, a `file` or an https URL (required)")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		if *jwks == "" {
			return &exitError{2, errors.New("--jwks is required: a file or an https URL")}
		}
		f, err := source.ReadFile(args[0])
		if err != nil {
			return &exitError{2, err}
		}
		if _, err := verify(c, f, args[0], *jwks); err != nil {
			return err
		}
		return nil
	}
	return c
}

// keysOf names whose keys a JWKS has, without the query of an address: it may be a
// secret.
func keysOf(jwks string) string {
	place, _, _ := strings.Cut(jwks, "?")
	return filepath.Base(place)
}

// verify checks the signatures of a module and prints whose it is. It gives the one that
// passed.
func verify(c *cobra.Command, f *source.Fetched, name, jwks string) ([]byte, error) {
	keys, err := source.Keyring{}.Keys(c.Context(), keysOf(jwks), jwks, true)
	if err != nil {
		return nil, &exitError{2, err}
	}
	of, err := subject(name, f.Wasm)
	if err != nil {
		return nil, &exitError{2, err}
	}
	tellPassedOver(c, f)
	if len(f.Signatures) == 0 {
		return nil, &exitError{1, fmt.Errorf("%s: it has no signature", name)}
	}
	v, jws, err := signature.VerifyAny(f.Signatures, of, time.Now(), keys)
	if err != nil {
		return nil, &exitError{1, fmt.Errorf("%s: signature: %w", name, err)}
	}
	fmt.Fprintf(c.OutOrStdout(), "%s %s, %s\nsigned with the key %s (%s) of %s, until %s\n", plain(of.Name), plain(of.Version), of.Digest,
		plain(v.KeyID), v.Algorithm, plain(strings.SplitN(jwks, "?", 2)[0]), time.Unix(v.Statement.Expires, 0).UTC().Format(time.RFC3339))
	return jws, nil
}
