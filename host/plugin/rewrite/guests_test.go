package rewrite_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/guests"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// documents are inputs for the guests: what they answer differs, and how much memory
// they take.
func documents() []string {
	return []string{
		`{"abi":"1.0","call":{"type":"decide"},"amr":["hwk"]}`,
		`{"abi":"1.0","call":{"type":"decide"},"amr":["pwd","otp"],"vars":{"a":"}]}]","b":["{[","}"]}}`,
		`{"amr":["\u0070wd"],"device":{"ip":"203.0.113.7"},"call":{"type":"decide"}}`,
		`{"call":{"type":"decide"},"vars":{"a":"` + strings.Repeat("x", 100<<10) + `"},"amr":["pwd"]}`,
		`{"call":{"type":"canary"},"config":{"do":"write","secret":"sixteen bytes of it, and more"}}`,
		`{"call":{"type":"canary"},"config":{"do":"look","needle":"29332e2e3f3f347a38232e3f297a353c"}}`,
		`{"call":`,
		``,
	}
}

// TestGuests runs guests of all languages in all forms. The engine gives each form the
// same time and the same randomness, so that everything must be the same.
func TestGuests(t *testing.T) {
	l := rewrite.Limits{MemoryPages: 1024, TableEntries: 1 << 16, Track: true}
	for _, language := range guests.Languages() {
		for _, job := range []string{"decide", "canary"} {
			t.Run(language+"-"+job, func(t *testing.T) {
				if language == "go" && job == "canary" || language == "go" && raceEnabled {
					t.Skip("compiling Go's guests three times takes long")
				}
				e := newEngine(t)
				e.host(t)
				f, err := e.familyOf(t.Context(), guests.Wasm(t, language+"-"+job), l, budget{math.MaxInt64, 10_000})
				if err != nil {
					t.Fatal(err)
				}
				defer f.close(t.Context())
				if err := f.decoded.Restorable(); err != nil {
					t.Errorf("it %v", err)
				}
				f.visit(t)
			})
		}
	}
}

// visit gives all documents to a guest.
func (f *family) visit(t *testing.T) {
	if f.plain.ExportedFunction("_initialize") != nil {
		f.compare(t, "_initialize", nil)
	}
	answers := map[string]bool{}
	for i, document := range documents() {
		for _, g := range f.forms() {
			g.desk = desk{input: []byte(document)}
		}
		before := f.state()
		f.compare(t, "acrhost_step_v1", nil)
		for _, g := range f.forms() {
			if !bytes.Equal(g.desk.output, f.plain.desk.output) {
				t.Errorf("document %d: %q as it is, %q rewritten", i, f.plain.desk.output, g.desk.output)
			}
		}
		answers[string(f.plain.desk.output)] = true
		if len(before.memory) == len(f.tracked.image()) {
			f.revisit(t, before)
		}
		if t.Failed() {
			t.Fatalf("document %d: %s", i, f.plain.desk.output)
		}
	}
	if len(answers) < 3 {
		t.Errorf("all answers are alike: %v", answers)
	}
}

// revisit puts the guest back to where it was, calls it again, and leaves it as after
// the first call.
func (f *family) revisit(t *testing.T, before state) {
	t.Helper()
	after, answer := f.state(), f.tracked.desk.output
	f.putBack(t, before)
	f.tracked.desk.output = nil
	f.tracked.call("acrhost_step_v1", nil)
	if got := f.tracked.desk.output; !bytes.Equal(got, answer) && !bytes.Contains(got, []byte("clock")) {
		t.Errorf("%q, and once more from the same state %q", answer, got)
	}
	copy(f.tracked.image(), after.memory)
	f.setGlobals(after)
	f.dirty(t)
}
