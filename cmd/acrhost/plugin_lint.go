package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/plugin/lint"
)

func newPluginLint() *cobra.Command {
	c := &cobra.Command{
		Use:   "lint [DIR|MODULE]",
		Short: "Say what a host would refuse, and what is unwise",
		Long: `Lint looks at a module, or at the one of the project in DIR or in this folder: its
imports and exports, its manifest and the schemas in it, and whether they fit each other.
What a host would refuse, or would mislead its operator, is a fault; the rest is a warning.
A project's module is looked at as it is: build it first.

Exit codes: 0, no faults; 1, there are faults; 2, there is no module.`,
		Example: `  acrhost plugin lint
  acrhost plugin lint risk-score.wasm --json`,
		Args: maybeOneDir,
	}
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.SetFlagErrorFunc(usageError)
	c.RunE = func(c *cobra.Command, args []string) error {
		path, err := moduleOf(args)
		if err != nil {
			return err
		}
		return pluginLint(c, path, *asJSON)
	}
	return c
}

// moduleOf is the path of the module that is named, or of the named project's.
func moduleOf(args []string) (string, error) {
	if len(args) == 1 {
		if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
			return args[0], nil
		}
	}
	p, err := openProject(args)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(p.Path()); err != nil {
		return "", &exitError{2, fmt.Errorf("%s is not built: acrhost plugin build builds it", filepath.ToSlash(p.Path()))}
	}
	return p.Path(), nil
}

func pluginLint(c *cobra.Command, path string, asJSON bool) error {
	wasm, err := os.ReadFile(path)
	if err != nil {
		return &exitError{2, fmt.Errorf("read module: %w", err)}
	}
	runtime, err := newRuntime(c)
	if err != nil {
		return &exitError{2, err}
	}
	defer runtime.Close(c.Context())
	found, err := lint.Module(c.Context(), runtime, lint.Subject{Name: path, Wasm: wasm, Capabilities: capability.Names()})
	if err != nil {
		return err
	}
	if asJSON {
		if found == nil {
			found = []lint.Finding{}
		}
		err = printJSON(c.OutOrStdout(), found)
	} else {
		printFindings(c.OutOrStdout(), path, found)
	}
	if err == nil && len(found) > 0 && found[0].Fault {
		return &exitError{1, nil}
	}
	return err
}

func printFindings(out io.Writer, path string, found []lint.Finding) {
	faults := 0
	for _, f := range found {
		if f.Fault {
			faults++
		}
		fmt.Fprintln(out, f)
		if f.Hint != "" {
			fmt.Fprintf(out, "  hint: %s\n", f.Hint)
		}
	}
	fmt.Fprintf(out, "%s: %s, %s\n", path, count(faults, "fault"), count(len(found)-faults, "warning"))
}

// count is a number of things, in words.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
