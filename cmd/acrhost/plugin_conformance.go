package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/sdk/tck/vectors"
	"github.com/acrhost/acrhost/sdk/vector"
)

func newPluginConformance() *cobra.Command {
	c := &cobra.Command{
		Use:   "conformance MODULE",
		Short: "Hold a module to the conformance kit, or to vectors of your own",
		Long: `Conformance runs each vector of the conformance kit on MODULE, in the runtime that serves
logins: an input document, the answers to the capabilities, and the output that must come. The
module is the tck guest of an SDK; sdk/tck/README.md says what that does. With --vectors it is
any module, and the vectors are the files of a folder. Each vector is called twice in a row.

A line is printed for each vector, and what differs: "-" before what is missing, "+" before
what is too much.

Exit codes: 0, all passed; 1, a vector failed; 2, the module was refused, the vectors can't be
read, or the arguments are wrong.`,
		Example: `  acrhost plugin conformance tck.wasm
  acrhost plugin conformance risk.wasm --vectors tests --json`,
		Args: oneArgument("MODULE"),
	}
	dir := c.Flags().String("vectors", "", "the `folder` of the vectors to run instead of the kit's")
	asJSON := c.Flags().Bool("json", false, "print a line of JSON for each vector")
	c.SetFlagErrorFunc(usageError)
	c.RunE = func(c *cobra.Command, args []string) error { return pluginConformance(c, args[0], *dir, *asJSON) }
	return c
}

func pluginConformance(c *cobra.Command, path, dir string, asJSON bool) error {
	list, err := conformanceVectors(dir)
	if err != nil {
		return &exitError{2, err}
	}
	module, done, err := openModule(c, path)
	if err != nil {
		return &exitError{2, err}
	}
	defer done()
	report := conformanceReport{out: c.OutOrStdout(), json: asJSON}
	if dir == "" {
		report.add("manifest", manifestDifference(module), nil)
	}
	for _, v := range list {
		diff, err := vectors.Check(c.Context(), v, module)
		report.add(v.Name, string(diff), err)
	}
	return report.end(c.Context())
}

// conformanceVectors are the kit's, or those of a folder.
func conformanceVectors(dir string) ([]vector.Vector, error) {
	if dir == "" {
		return vectors.All()
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the vectors: %w", err)
	}
	return vector.Read(os.DirFS(filepath.Dir(abs)), filepath.Base(abs))
}

// manifestDifference is what is wrong with the manifest of a tck guest.
func manifestDifference(m vector.Module) string {
	manifest, err := m.Manifest()
	if err != nil {
		return err.Error()
	}
	return strings.Join(vectors.Manifest(manifest), "\n")
}

// conformanceReport tells how each vector went.
type conformanceReport struct {
	out            io.Writer
	json           bool
	vectors, wrong int
	err            error
}

// conformanceLine is what --json prints for a vector.
type conformanceLine struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Diff string `json:"diff,omitempty"`
}

func (r *conformanceReport) add(name, diff string, err error) {
	if err != nil {
		diff = err.Error()
	}
	r.vectors++
	if diff != "" {
		r.wrong++
	}
	if r.json {
		e := json.NewEncoder(r.out)
		e.SetEscapeHTML(false)
		if err := e.Encode(conformanceLine{name, diff == "", diff}); err != nil && r.err == nil {
			r.err = fmt.Errorf("print result: %w", err)
		}
		return
	}
	if diff == "" {
		fmt.Fprintf(r.out, "ok    %s\n", name)
		return
	}
	fmt.Fprintf(r.out, "FAIL  %s\n", name)
	printIndented(r.out, diff)
}

func (r *conformanceReport) end(ctx context.Context) error {
	if !r.json {
		fmt.Fprintf(r.out, "%s, %d failed\n", count(r.vectors, "vector"), r.wrong)
	}
	if r.err != nil {
		return r.err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.wrong > 0 {
		return &exitError{1, nil}
	}
	return nil
}
