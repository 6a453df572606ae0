package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// vectorsDir is the folder of a project that holds its vectors.
const vectorsDir = "tests"

func newPluginTest() *cobra.Command {
	c := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Run a project's unit tests and its vectors",
		Long: `Test runs the unit tests of the project in DIR, or in this folder, builds its module, and
runs each vector of tests/ on it, in the runtime that serves logins: an input document, the
answers to the capabilities, and the output that must come. A difference is shown line by
line, "-" before what is missing and "+" before what is too much.

--update writes what the module answered into the vectors that failed, after showing it: look
at it before you keep it. --watch runs everything again at each change.

Exit codes: 0, all passed; 1, a test failed, or the compiler did; 2, there is no project, or
a tool is missing.`,
		Example: `  acrhost plugin test
  acrhost plugin test risk-score --watch
  acrhost plugin test --update`,
		Args: maybeOneDir,
	}
	again := c.Flags().Bool("watch", false, "run again at each change, until Ctrl-C")
	update := c.Flags().Bool("update", false, "write what the module answered into the vectors that failed")
	c.SetFlagErrorFunc(usageError)
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := openProject(args)
		if err != nil {
			return err
		}
		if *again && *update {
			return &exitError{2, errors.New("--watch and --update: writing the vectors would be a change")}
		}
		test := func() error { return pluginTest(c, p, *update) }
		if !*again {
			return test()
		}
		w, err := watchProject(p)
		if err != nil {
			return err
		}
		return repeatedly(c.Context(), c.ErrOrStderr(), w, test)
	}
	return c
}

func pluginTest(c *cobra.Command, p author.Project, update bool) error {
	out, errOut := c.OutOrStdout(), c.ErrOrStderr()
	if _, err := p.UnitTest(c.Context(), &narrator{out: out}); err != nil {
		return failed(errOut, err)
	}
	if err := compile(c.Context(), out, errOut, p); err != nil {
		return err
	}
	module, done, err := openModule(c, p.Path())
	if err != nil {
		return &exitError{1, err}
	}
	defer done()
	run := vectorRun{out: out, project: p, update: update}
	updated, err := run.all(c.Context(), module)
	if err != nil || !updated {
		return err
	}
	fmt.Fprintln(out, "once more, with what was written:")
	run.update = false
	_, err = run.all(c.Context(), module)
	return err
}

// vectorRun is one run of a project's vectors.
type vectorRun struct {
	out     io.Writer
	project author.Project
	update  bool
}

// all runs every vector and tells how each went. With update, those that failed get what
// the module answered, and updated says that there were any.
func (r vectorRun) all(ctx context.Context, m vector.Module) (updated bool, err error) {
	vectors, err := vector.Read(os.DirFS(r.project.Dir), vectorsDir)
	if err != nil {
		return false, &exitError{1, err}
	}
	failures := 0
	var writes []func() error
	for _, v := range vectors {
		seen := &witness{Module: m}
		diff, err := v.Check(ctx, seen)
		if err == nil && diff == "" {
			fmt.Fprintf(r.out, "ok    %s\n", v.Name)
			continue
		}
		failures++
		r.tell(v, diff, err)
		if err != nil || !r.update {
			continue
		}
		writes = append(writes, func() error { return r.write(v, seen.answer) })
	}
	fmt.Fprintf(r.out, "%s, %d failed\n", count(len(vectors), "vector"), failures)
	if failures > 0 && len(writes) == 0 {
		return false, &exitError{1, nil}
	}
	// The last one first: what is written moves the lines of those that follow in a file.
	for _, write := range slices.Backward(writes) {
		if err := write(); err != nil {
			return false, err
		}
	}
	return len(writes) > 0, nil
}

// tell shows why a vector failed.
func (r vectorRun) tell(v vector.Vector, diff vector.Diff, err error) {
	fmt.Fprintf(r.out, "FAIL  %s (%s:%d)\n", v.Name, v.File, v.Line)
	if err != nil {
		printIndented(r.out, err.Error())
		return
	}
	printIndented(r.out, string(diff))
}

// write puts into a vector's file what the module answered.
func (r vectorRun) write(v vector.Vector, a vector.Answer) error {
	path := filepath.Join(r.project.Dir, filepath.FromSlash(v.File))
	text, err := shelf.ReadRegular(path, vector.MaxFile)
	if err != nil {
		return fmt.Errorf("update the vector: %w", err)
	}
	if text, err = v.Rewrite(text, a); err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		return fmt.Errorf("update the vector: %w", err)
	}
	fmt.Fprintf(r.out, "written to %s: %s\n", v.File, v.Name)
	return nil
}

// witness keeps what the module answered last.
type witness struct {
	vector.Module
	answer vector.Answer
}

// Call calls the module.
func (w *witness) Call(ctx context.Context, input []byte, answer func(string, []byte) (abi.Status, []byte)) (vector.Answer, error) {
	got, err := w.Module.Call(ctx, input, answer)
	w.answer = got
	return got, err
}
