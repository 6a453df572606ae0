package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/plugin/lint"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/vector"
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
		s, err := lintSubject(args)
		if err != nil {
			return err
		}
		return pluginLint(c, s, *asJSON)
	}
	return c
}

// lintSubject is the module that is named, or that of the named project.
func lintSubject(args []string) (lint.Subject, error) {
	path, shown := "", map[string][]string(nil)
	if len(args) == 1 {
		if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
			path = args[0]
		}
	}
	if path == "" {
		p, err := openProject(args)
		if err != nil {
			return lint.Subject{}, err
		}
		if path = p.Path(); !exists(path) {
			return lint.Subject{}, &exitError{2, fmt.Errorf("%s is not built: acrhost plugin build builds it", filepath.ToSlash(path))}
		}
		shown = outcomesShown(p)
	}
	wasm, err := readModule(path)
	if err != nil {
		return lint.Subject{}, &exitError{2, err}
	}
	return lint.Subject{Name: path, Wasm: wasm, Capabilities: capability.Names(), Shown: shown}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// outcomesShown are the outcomes that a project's vectors expect, by step type. Vectors
// that can't be read are plugin test's affair.
func outcomesShown(p author.Project) map[string][]string {
	vectors, err := vector.Read(os.DirFS(p.Dir), vectorsDir)
	if err != nil {
		return nil
	}
	shown := map[string][]string{}
	for _, v := range vectors {
		var out struct {
			Outcome string `json:"outcome"`
		}
		if json.Unmarshal(v.Output, &out) == nil && out.Outcome != "" {
			shown[v.Step] = append(shown[v.Step], out.Outcome)
		}
	}
	return shown
}

func pluginLint(c *cobra.Command, s lint.Subject, asJSON bool) error {
	runtime, err := newRuntime(c)
	if err != nil {
		return &exitError{2, err}
	}
	defer runtime.Close(c.Context())
	found, err := lint.Module(c.Context(), runtime, s)
	if err != nil {
		return err
	}
	if asJSON {
		if found == nil {
			found = []lint.Finding{}
		}
		err = printJSON(c.OutOrStdout(), found)
	} else {
		printFindings(c.OutOrStdout(), s.Name, found)
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
