package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"

	"github.com/acrhost/acrhost/host/figures"
)

const usage = `bench runs the same small job in many ways and prints one table.

Usage: bench [--time D] [--only PATTERN] [--json FILE]

Examples:
  bench                              everything, two minutes or so
  bench --time 100ms                 the same, quicker and less exact
  bench --only '^(c|go) '            the guests in C and in Go
  bench --only 'auto|reused, leak'   the price of isolation in every language
  bench --json bench.json            the results as JSON too

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	time time.Duration
	only *regexp.Regexp
	json string
}

func parse(args []string, errout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errout)
	flags.Usage = func() {
		fmt.Fprint(errout, usage)
		flags.PrintDefaults()
	}
	flags.DurationVar(&o.time, "time", time.Second, "how long each row is measured, in all")
	only := flags.String("only", "", "a regular expression: the rows to measure, by group and name, as in \"rust restore\"")
	flags.StringVar(&o.json, "json", "", "write the results to this file too")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag; see bench --help", flags.Arg(0))
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("--only: %w", err)
	}
	return o, nil
}

// run is the program: the table goes to out, what it is doing to errout.
func run(ctx context.Context, args []string, out, errout io.Writer) (err error) {
	o, err := parse(args, errout)
	if err != nil {
		return err
	}
	s, err := newSetup(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	report, err := s.report(o, func(line string) { fmt.Fprintln(errout, line) })
	if err != nil {
		return err
	}
	if o.json != "" {
		document, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return fmt.Errorf("encode the results: %w", err)
		}
		if err := os.WriteFile(o.json, append(document, '\n'), 0o600); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
	}
	report.print(out)
	return nil
}

// report measures everything that the options ask for.
func (s *setup) report(o options, progress func(string)) (*Report, error) {
	var list []*entrant
	for _, r := range rows() {
		if !o.only.MatchString(r.String()) {
			continue
		}
		progress("opening " + r.String())
		e, err := s.enter(r)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("--only %s: there is no such row", o.only)
	}
	if err := measure(list, o.time, progress); err != nil {
		return nil, err
	}
	report := &Report{Machine: figures.ThisMachine(), Document: len(s.document), Results: results(list)}
	if o.only.String() == "" {
		if err := s.measureRest(report, list, o, progress); err != nil {
			return nil, err
		}
	}
	report.Targets = targets(list, report.Loads, report.Throughput)
	return report, nil
}

// measureRest measures what isn't the time of a single call.
func (s *setup) measureRest(report *Report, list []*entrant, o options, progress func(string)) error {
	times := 3
	if o.time < 100*time.Millisecond {
		times = 1
	}
	var err error
	if report.Loads, err = measureLoads(s, times, progress); err != nil {
		return err
	}
	crowded := []*entrant{find(list, hostGroup, nativeRow().name), find(list, "c", "auto"), find(list, "go", "auto")}
	report.Throughput, err = measureThroughput(crowded, o.time, progress)
	return err
}
