package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/plugin/lint"
)

func newPluginSign() *cobra.Command {
	c := &cobra.Command{
		Use:   "sign MODULE --key KEY",
		Short: "Sign a packed module",
		Long: `Sign writes MODULE.jws: a JWS over the module's name, version and digest, and how long that
holds. The module itself stays as it is. It must be packed: its manifest is part of what
you vouch for, and has to be what the code says of itself. Only you may read the key's file.

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
	text, err := readKey(keyFile)
	if err != nil {
		return err
	}
	key, err := signature.ParseKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", keyFile, err)
	}
	wasm, err := readModule(path)
	if err != nil {
		return err
	}
	of, err := subject(path, wasm)
	if err != nil {
		return err
	}
	if err := honest(c, path, wasm); err != nil {
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

// maxKey bounds a key's file, in bytes.
const maxKey = 64 << 10

// readKey reads a private key, from a file that nobody else can read.
func readKey(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s: others can read this private key (mode %#o): chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := shelf.ReadRegular(path, maxKey)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return text, nil
}

// honest holds that the manifest in a module, which is part of what is vouched for, is
// what its code says of itself, as lint does.
func honest(c *cobra.Command, path string, wasm []byte) error {
	runtime, err := newRuntime(c)
	if err != nil {
		return err
	}
	defer runtime.Close(c.Context())
	found, err := lint.Module(c.Context(), runtime, lint.Subject{Name: path, Wasm: wasm, Capabilities: capability.Names()})
	if err != nil {
		return err
	}
	for _, f := range found {
		if f.Fault {
			return fmt.Errorf("%s; it is not signed: acrhost plugin lint says more", f)
		}
	}
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
