package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryRowGivesTheRightAnswer runs the whole program with hardly any time for each
// row. A wrong answer ends it with an error.
func TestEveryRowGivesTheRightAnswer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	var out, errout bytes.Buffer
	if err := run(t.Context(), []string{"--time", "1ms", "--json", file}, &out, &errout); err != nil {
		t.Fatalf("%v\n%s", err, errout.String())
	}
	report := readReport(t, file)
	if len(report.Results) != len(rows()) {
		t.Errorf("%d rows were measured of %d", len(report.Results), len(rows()))
	}
	for _, r := range report.Results {
		if r.Refused == "" && (r.NS <= 0 || r.Ratio <= 0) {
			t.Errorf("%s %s: %+v", r.Group, r.Name, r)
		}
		if !strings.Contains(out.String(), "  "+r.Name) {
			t.Errorf("the table lacks %s %s", r.Group, r.Name)
		}
	}
	if len(report.Loads) == 0 || len(report.Throughput) == 0 || len(report.Targets) < 10 {
		t.Errorf("parts are missing: %+v", report)
	}
}

func readReport(t *testing.T, file string) Report {
	t.Helper()
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report Report
	if err := json.Unmarshal(document, &report); err != nil {
		t.Fatal(err)
	}
	return report
}

func TestHelpHasExamples(t *testing.T) {
	var errout bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, &bytes.Buffer{}, &errout); err == nil || !strings.Contains(errout.String(), "bench --only") {
		t.Errorf("--help gave %v and\n%s", err, errout.String())
	}
}

func TestWrongCommandLines(t *testing.T) {
	for _, args := range [][]string{{"c"}, {"--only", "("}, {"--only", "there is no such row"}, {"--time", "fast"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

func TestAWrongAnswerIsFound(t *testing.T) {
	for _, a := range []answer{
		{},
		{output: []byte(`{"outcome":"ok"}`)},
		{output: []byte(`{"outcome":"ok","acr":"1.5"}`)},
		{acr: json.RawMessage(`"2.0"`), want: `{"a":1}`},
	} {
		if a.check() == nil {
			t.Errorf("%+v passes", a)
		}
	}
	if err := (answer{acr: json.RawMessage(`{"a":1}`), want: `{"a": 1}`}).check(); err != nil {
		t.Error(err)
	}
}
