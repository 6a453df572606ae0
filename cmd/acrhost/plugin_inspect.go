package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func newPluginInspect() *cobra.Command {
	c := &cobra.Command{
		Use:   "inspect MODULE",
		Short: "Show what a module is, asks for and costs",
		Long: `Inspect loads a module as serve does, under the limits of ABI v1, and shows what it
imports, exports and declares, its steps, and the mode that it would run in.

Exit codes: 0, the module can be loaded; 2, it was refused, and every reason is printed.`,
		Example: `  acrhost plugin inspect plugins/dist/standard.wasm
  acrhost plugin inspect step.wasm --json`,
		Args: oneArgument("MODULE"),
	}
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{2, err} })
	c.RunE = func(c *cobra.Command, args []string) error {
		return withLoader(c, args[0], func(l loader) error {
			return l.with(c.Context(), plugin.Auto, func(m *plugin.Module) error {
				i := inspected{m.Report(), signatureBeside(args[0])}
				if *asJSON {
					return printJSON(c.OutOrStdout(), i)
				}
				return printReport(c.OutOrStdout(), i)
			})
		})
	}
	return c
}

// inspected is a module's report with what the signature beside its file says.
type inspected struct {
	plugin.Report
	Signature string `json:"signature"`
}

// signatureBeside is what the signature beside a module says of itself: whether that is
// true is for plugin verify.
func signatureBeside(path string) string {
	jws, err := shelf.ReadRegular(path+signature.Suffix, signature.MaxSignature)
	if errors.Is(err, fs.ErrNotExist) {
		return "none"
	}
	var c signature.Claimed
	if err == nil {
		c, err = signature.Claims(jws)
	}
	if err != nil {
		return "unreadable: " + plain(err.Error())
	}
	return fmt.Sprintf("key %s (%s), until %s; not verified", plain(c.KeyID), c.Algorithm, time.Unix(c.Statement.Expires, 0).UTC().Format(time.RFC3339))
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}

// printReport prints a report for people. What comes from the module is quoted where it
// could hold anything: a terminal obeys what it is shown.
func printReport(out io.Writer, r inspected) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(label, value string) { fmt.Fprintf(w, "%s\t%s\n", label, value) }
	line("name", strings.TrimSpace(plain(r.Name)+" "+plain(r.Version)))
	line("digest", r.Digest)
	line("file", fmt.Sprintf("%d bytes", r.FileBytes))
	line("packed", map[bool]string{true: "yes", false: "no: acrhost plugin pack"}[r.Packed])
	line("signature", r.Signature)
	line("carrier", r.Carrier)
	line("capabilities", orNone(r.Capabilities))
	line("imports", "acrhost_v1: "+orNone(r.ABI))
	line("", "WASI: "+orNone(wasi(r.WASI, false)))
	line("", "WASI, answered with ENOSYS: "+orNone(wasi(r.WASI, true)))
	for i, e := range r.Exports {
		line([]string{"exports", ""}[min(i, 1)], plain(e.Name)+": "+e.Type)
	}
	line("memory", memoryOf(r.Memory))
	line("tables", tablesOf(r.Tables))
	line("data", fmt.Sprintf("%d segments", r.DataSegments))
	line("start", map[bool]string{true: "a start function", false: "no start function"}[r.Start])
	if r.Undescribed != "" {
		line("steps", "none: "+plain(r.Undescribed))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Steps)) {
		printStep(line, name, r.Steps[name])
	}
	line("entropy", entropyOf(r.EntropyBytes))
	line("new instance", startOf(r.StartNS))
	line("mode", fmt.Sprintf("%s: %s", r.Mode, r.Why))
	return w.Flush()
}

func printStep(line func(label, value string), name string, t abi.StepType) {
	line("step "+plain(name), "outcomes: "+orNone(slices.Concat(t.Outcomes, from(t.OutcomesFrom))))
	line("", "reads: "+orNone(t.Reads))
	w := t.Writes
	var writes []string
	for _, part := range []struct {
		what  string
		names []string
	}{
		{"vars", slices.Concat(w.Vars, from(w.VarsFrom))},
		{"acr", slices.Concat(w.ACR, from(w.ACRFrom))},
		{"amr", w.AMR},
		{"claims", w.Claims},
		{"evidence", w.Evidence},
	} {
		if len(part.names) > 0 {
			writes = append(writes, part.what+" "+orNone(part.names))
		}
	}
	if w.Subject {
		writes = append(writes, "subject")
	}
	if len(writes) == 0 {
		writes = []string{"none"}
	}
	line("", "writes: "+strings.Join(writes, "; "))
	line("", "capabilities: "+orNone(t.Capabilities))
	if len(t.Fetches) > 0 {
		line("", "fetches: "+orNone(t.Fetches))
	}
}

// from shows paths into a step's configuration.
func from(paths []string) []string {
	shown := make([]string, len(paths))
	for i, p := range paths {
		shown[i] = "config" + p
	}
	return shown
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	shown := make([]string, len(list))
	for i, s := range list {
		shown[i] = plain(s)
	}
	return strings.Join(shown, ", ")
}

// plain is a text of the module without what a terminal would obey.
func plain(s string) string {
	quoted := fmt.Sprintf("%q", s)
	return quoted[1 : len(quoted)-1]
}

func wasi(list []plugin.WASIImport, nosys bool) []string {
	var names []string
	for _, i := range list {
		if i.NoSys == nosys {
			names = append(names, i.Name)
		}
	}
	return names
}

func memoryOf(m plugin.MemoryReport) string {
	most := "no maximum declared"
	if m.Max != nil {
		most = fmt.Sprintf("%d KiB declared at most", *m.Max>>10)
	}
	return fmt.Sprintf("%d KiB at least, %s, limit %d KiB", m.Min>>10, most, m.Limit>>10)
}

func tablesOf(t plugin.TableReport) string {
	shown := make([]string, len(t.Declared))
	for i, table := range t.Declared {
		most := "no maximum declared"
		if table.Max != nil {
			most = fmt.Sprintf("%d at most", *table.Max)
		}
		shown[i] = fmt.Sprintf("%s, %d entries at least, %s", table.Type, table.Min, most)
	}
	if len(shown) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s; limit %d entries", strings.Join(shown, "; "), t.Limit)
}

func entropyOf(bytes int) string {
	if bytes < 0 {
		return "not compared"
	}
	return fmt.Sprintf("%d bytes differ between two instances", bytes)
}

func startOf(ns int64) string {
	if ns == 0 {
		return "not measured"
	}
	return time.Duration(ns).Round(100 * time.Nanosecond).String()
}
