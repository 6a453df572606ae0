package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/plugin"
)

func newPluginPack() *cobra.Command {
	c := &cobra.Command{
		Use:   "pack MODULE",
		Short: "Put a module's manifest into it",
		Long: `Pack asks the module to describe itself, under the limits of ABI v1, and writes the answer
into its custom section acrhost.manifest, in place of an old one. From then on anybody can
read what the module asks for without running it. The same module gives the same bytes.

Exit codes: 0, it is packed; 2, the module was refused or describes nothing.`,
		Example: `  acrhost plugin pack risk.wasm
  acrhost plugin pack build/risk.wasm -o dist/risk.wasm`,
		Args: oneArgument("MODULE"),
	}
	out := c.Flags().StringP("output", "o", "", "the `file` to write; without it MODULE itself")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		if *out == "" {
			*out = args[0]
		}
		if err := pack(c, args[0], *out); err != nil {
			return &exitError{2, err}
		}
		return nil
	}
	return c
}

func pack(c *cobra.Command, path, out string) error {
	wasm, err := readModule(path)
	if err != nil {
		return err
	}
	described, err := describe(c, path, wasm)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	packed, err := artifact.Pack(wasm, described)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if old, err := artifact.ManifestDocument(wasm); err == nil {
		lines, err := artifact.Drift(old, described)
		if err != nil {
			lines = []string{err.Error()}
		}
		for _, line := range lines {
			fmt.Fprintln(c.ErrOrStderr(), "replaced: "+plain(line))
		}
	}
	if err := shelf.WriteFile(out, packed, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "%s %s\n", artifact.Digest(packed), out)
	return nil
}

// describe runs the module's own describe, whatever is packed into it.
func describe(c *cobra.Command, path string, wasm []byte) (described []byte, err error) {
	bare, err := artifact.Unpack(wasm)
	if err != nil {
		return nil, err
	}
	runtime, err := newRuntime(c)
	if err != nil {
		return nil, err
	}
	defer runtime.Close(c.Context())
	l := loader{runtime, plugin.Spec{Name: path, Wasm: bare, Grant: plugin.Grant{All: true}, Breaker: plugin.Breaker{Failures: -1}}}
	err = l.with(c.Context(), plugin.Fresh, func(m *plugin.Module) (err error) {
		described, err = m.Describe(c.Context())
		return err
	})
	return described, err
}
