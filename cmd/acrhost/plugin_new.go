package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/sdk/author"
)

func newPluginNew() *cobra.Command {
	c := &cobra.Command{
		Use:   "new NAME",
		Short: "Make a project for a step of your own",
		Long: `New makes the folder NAME with a step that works: its source, a unit test, vectors for
the finished module, and the SDK as this acrhost has it, so that it builds without any
registry of ours. Nothing that is there already is touched.

Exit codes: 0, made; 1, it could not be made; 2, the arguments are wrong.`,
		Example: `  acrhost plugin new --lang go risk-score
  acrhost plugin new --lang rust --in ~/steps risk-score`,
		Args: oneArgument("NAME"),
	}
	lang := c.Flags().String("lang", "", "the `language`: "+languageNames()+" (required)")
	in := c.Flags().String("in", ".", "the `folder` that the project's folder is made in")
	c.SetFlagErrorFunc(usageError)
	c.RunE = func(c *cobra.Command, args []string) error {
		if *lang == "" {
			return &exitError{2, fmt.Errorf("--lang is required: %s", languageNames())}
		}
		language, err := author.Find(*lang)
		if err != nil {
			return &exitError{2, err}
		}
		return pluginNew(c, filepath.Join(*in, args[0]), args[0], language)
	}
	return c
}

func languageNames() string {
	var names []string
	for _, l := range author.Languages() {
		names = append(names, l.Name)
	}
	return strings.Join(names, ", ")
}

func pluginNew(c *cobra.Command, dir, name string, l author.Language) error {
	files, err := author.Create(dir, name, l)
	if err != nil {
		return err
	}
	out := c.OutOrStdout()
	fmt.Fprintf(out, "%s is a step in %s:\n\n", dir, l.Title)
	printMade(out, files)
	fmt.Fprintf(out, `
Next:

  cd %s
  acrhost plugin build      writes %s.wasm
  acrhost plugin test       runs its tests; --watch runs them at each change
  acrhost plugin lint       says what a host would refuse

README.md says how a journey uses it.
`, dir, name)
	// A project can be made where it can't be built: but it is better to know at once.
	if _, err := l.Toolchain(c.Context(), dir); err != nil {
		fmt.Fprintf(out, "\nTo build it, this machine needs more:\n\n%v\n", err)
	}
	return nil
}

// printMade lists the files of a new project, the SDK as one.
func printMade(out io.Writer, files []string) {
	sdk := 0
	for _, file := range files {
		if strings.HasPrefix(file, author.SDKDir+"/") {
			sdk++
			continue
		}
		fmt.Fprintf(out, "  %s\n", file)
	}
	fmt.Fprintf(out, "  %s/   (the SDK, %d files)\n", author.SDKDir, sdk)
}
