package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/watch"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func newPlugin() *cobra.Command {
	c := &cobra.Command{Use: "plugin", Short: "Work with step plugins", RunE: needsSubcommand}
	c.AddCommand(newPluginNew(), newPluginBuild(), newPluginTest(), newPluginConformance(), newPluginLint(), newPluginRun(), newPluginInspect(), newPluginBench())
	c.AddCommand(newPluginPack(), newPluginKeygen(), newPluginSign(), newPluginVerify(), newPluginDiff())
	c.AddCommand(newPluginPush(), newPluginPull(), newPluginSave(), newPluginLoad(), newPluginLock())
	return c
}

// runOptions are the flags of plugin run.
type runOptions struct {
	input, step, mode string
	repeat            int
	json, watch       bool
}

func newPluginRun() *cobra.Command {
	c := &cobra.Command{
		Use:   "run MODULE",
		Short: "Run a step outside any journey",
		Long: `Run calls a step of a module once, or --repeat times, with one input document,
under the limits of ABI v1 and with every capability denied.

Exit codes: 0, every run gave an outcome, a prompt or a redirect; 1, a run ended
in an error class; 2, the module was refused or the arguments are wrong.`,
		Example: `  acrhost plugin run step.wasm --input input.json
  acrhost plugin run plugins/dist/standard.wasm --step set-acr --input input.json --json
  acrhost plugin run risk-score.wasm --input input.json --watch
  echo '{"config":{"acr":"2.0"}}' | acrhost plugin run standard.wasm --step set-acr --input -`,
		Args: oneArgument("MODULE"),
	}
	var o runOptions
	c.Flags().StringVar(&o.input, "input", "", "the input document, a `file` or - for standard input (required)")
	c.Flags().StringVar(&o.step, "step", "", "the step `type`; needed when the module offers several")
	c.Flags().StringVar(&o.mode, "mode", string(plugin.Auto), "how each run gets its instance: auto, fresh, restore or prewarm")
	c.Flags().IntVar(&o.repeat, "repeat", 1, "how many `times`")
	c.Flags().BoolVar(&o.json, "json", false, "print a line of JSON for each run")
	c.Flags().BoolVar(&o.watch, "watch", false, "run again when the module or the input changes, until Ctrl-C")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		run := func() error { return pluginRun(c, args[0], o) }
		if !o.watch {
			return run()
		}
		if o.input == "-" {
			return &exitError{2, errors.New("--watch reads the input again and again; it can't come from standard input")}
		}
		w, err := watch.Files(args[0], o.input)
		if err != nil {
			return &exitError{2, err}
		}
		return repeatedly(c.Context(), c.ErrOrStderr(), w, run)
	}
	return c
}

func pluginRun(c *cobra.Command, path string, o runOptions) error {
	if o.repeat < 1 {
		return &exitError{2, fmt.Errorf("--repeat %d: at least 1", o.repeat)}
	}
	in, err := readInput(c.InOrStdin(), o.input)
	if err != nil {
		return &exitError{2, err}
	}
	mode, err := modeOf(o.mode)
	if err != nil {
		return err
	}
	return withLoader(c, path, func(l loader) error {
		return l.with(c.Context(), mode, func(module *plugin.Module) (err error) {
			if in.Call.Type, err = stepType(module.Manifest(), o.step, in.Call.Type); err != nil {
				return &exitError{2, err}
			}
			return repeatCalls(c.Context(), c.OutOrStdout(), module, in, o)
		})
	})
}

func repeatCalls(ctx context.Context, out io.Writer, module *plugin.Module, in abi.Input, o runOptions) error {
	failed := false
	for range o.repeat {
		result, err := module.Call(ctx, in, nil)
		failed = failed || err != nil
		line := newRunLine(result, err)
		if !o.json {
			line.describe(out)
			continue
		}
		if err := json.NewEncoder(out).Encode(line); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
	}
	if failed {
		return &exitError{1, nil}
	}
	return nil
}

// readInput reads an input document; what it leaves out gets the value of a
// first call with nothing known.
func readInput(stdin io.Reader, path string) (abi.Input, error) {
	if path == "" {
		return abi.Input{}, errors.New("--input is required: a file with the input document, or - for standard input")
	}
	read := func() ([]byte, error) { return shelf.ReadRegular(path, abi.MaxInput) }
	if path == "-" {
		read = func() ([]byte, error) { return io.ReadAll(io.LimitReader(stdin, abi.MaxInput+1)) }
	}
	data, err := read()
	if err != nil {
		return abi.Input{}, fmt.Errorf("read input: %w", err)
	}
	if len(data) > abi.MaxInput {
		return abi.Input{}, fmt.Errorf("input %s: more than %d bytes", path, abi.MaxInput)
	}
	in := blankInput()
	if err := json.Unmarshal(data, &in); err != nil {
		return abi.Input{}, fmt.Errorf("input %s is not an input document: %w", path, err)
	}
	return in, nil
}

// stepType decides which step type is called: the flag, else the input's, else
// the only one there is. A module that describes nothing takes any.
func stepType(m abi.Manifest, flag, input string) (string, error) {
	want := input
	if flag != "" {
		want = flag
	}
	if len(m.Steps) == 0 {
		return want, nil
	}
	names := make([]string, 0, len(m.Steps))
	for name := range m.Steps {
		names = append(names, name)
	}
	slices.Sort(names)
	if _, ok := m.Steps[want]; ok {
		return want, nil
	}
	if want == "" && len(names) == 1 {
		return names[0], nil
	}
	if want == "" {
		return "", fmt.Errorf("the module offers several step types; choose with --step: %s", strings.Join(names, ", "))
	}
	return "", fmt.Errorf("the module offers no step type %q; it offers: %s", want, strings.Join(names, ", "))
}
