package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/source"
)

func newPluginSave() *cobra.Command {
	c := &cobra.Command{
		Use:   "save REFERENCE|MODULE -o FILE",
		Short: "Write a module and its signatures into one file, for a network without a registry",
		Long: `Save writes a module with all its signatures as an OCI image layout in a tar file. Carry it
over, and plugin load takes it in. Other tools for OCI can read it too.`,
		Example: `  acrhost plugin save oci://registry.example.com/acme/risk:1.4.2 -o risk.tar
  acrhost plugin save dist/risk.wasm -o risk.tar`,
		Args: arguments(1),
	}
	var flags sourceFlags
	flags.add(c)
	out := c.Flags().StringP("output", "o", "", "the `file` to write (required)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *out == "" {
			return &exitError{2, errors.New("-o is required: the file to write")}
		}
		_, f, err := flags.fetch(c, args[0])
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := f.Save(&b); err != nil {
			return err
		}
		if err := shelf.WriteFile(*out, b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "wrote %s with %s\n", *out, artifact.Digest(f.Wasm))
		return nil
	}
	return c
}

func newPluginLoad() *cobra.Command {
	c := &cobra.Command{
		Use:   "load FILE",
		Short: "Take in what plugin save wrote",
		Long: `Load reads a tar file that plugin save wrote. With -o it writes the module and its signature;
without, it keeps the module where serve looks for the ones that acrhost.lock pins, so that
a locked source is never asked.`,
		Example: `  acrhost plugin load risk.tar -o plugins/risk.wasm
  acrhost plugin load risk.tar --cache-dir /var/cache/acrhost`,
		Args: arguments(1),
	}
	out := c.Flags().StringP("output", "o", "", "the `file` to write")
	dir := c.Flags().String("cache-dir", cacheDir(), "the cache_dir of the configuration that locks it, a `folder`")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		layout, err := shelf.ReadRegular(args[0], source.MaxLayout)
		if err != nil {
			return &exitError{2, fmt.Errorf("load: %w", err)}
		}
		f, err := source.Load(c.Context(), bytes.NewReader(layout))
		if err != nil {
			return err
		}
		if *out != "" {
			return writeModule(c, f, reference.Reference{}, *out)
		}
		if *dir == "" {
			return &exitError{2, errors.New("--cache-dir or -o is required: you have no cache folder")}
		}
		if err := shelf.In(*dir).Put(f.Wasm); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "kept %s\n", artifact.Digest(f.Wasm))
		return nil
	}
	return c
}
