package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// parts are what make bench-login-parts and make build left.
var parts = []string{"--acrhost", "../../bin/acrhost", "--parts", "../../.cache/bench-login"}

// TestWholeLogins runs the program with hardly any time: real processes, of ours and of a
// peer. A login that goes wrong ends it with an error.
func TestWholeLogins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	var out, errout bytes.Buffer
	args := append([]string{"--time", "100ms", "--turns", "1", "--flat", "40", "--json", file, "--only", "^(acrhost, sqlite, steps in C, ES256|acrhost, memory|zitadel, memory, ES256)"}, parts...)
	if err := run(t.Context(), args, &out, &errout); err != nil {
		t.Fatalf("%v\n%s(make build bench-login-parts builds what is missing)", err, errout.String())
	}
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report Report
	if err := json.Unmarshal(document, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != 3 {
		t.Fatalf("%d subjects", len(report.Results))
	}
	for _, r := range report.Results {
		for what, l := range map[string]Load{"alone": r.Alone, "login": r.Login, "refresh": r.Refresh, "userinfo": r.Userinfo, "discovery": r.Discovery, "jwks": r.JWKS} {
			if l.Rate <= 0 || l.P50 <= 0 || l.P99 < l.P50 {
				t.Errorf("%s, %s: %+v", r.Name, what, l)
			}
		}
		if !strings.Contains(out.String(), "  "+r.Name) {
			t.Errorf("the table lacks %s", r.Name)
		}
	}
	if report.Flat == nil || report.Flat.Logins != 40 || len(report.Goals) < 8 {
		t.Errorf("parts are missing: %+v %+v", report.Flat, report.Goals)
	}
}

// A rate is held by its ratio to the peer in the same run, or, when the peer was left out,
// by itself.
func TestRateIsToThePeer(t *testing.T) {
	r := func(ours, theirs float64) *Report {
		return &Report{Results: []Result{{Name: "ours", Login: Load{Rate: ours}}, {Name: "peer", Login: Load{Rate: theirs}}}}
	}
	for name, tt := range map[string]struct {
		report *Report
		held   bool
	}{
		"as good as there, on a slow machine": {r(50, 100), true},
		"worse, on a fast machine":            {r(4_000, 10_000), false},
	} {
		g := tt.report.rate("", "ours", "peer", ofLogin, 1_000, 2_000)
		if len(g) != 1 || g[0].Held != tt.held || g[0].Wanted != 0.5 {
			t.Errorf("%s: %+v", name, g)
		}
	}
	if g := r(1_001, 1).rate("", "ours", "nobody", ofLogin, 1_000, 2_000); len(g) != 1 || !g[0].Held || g[0].Ratio != 0 {
		t.Errorf("without the peer: %+v", g)
	}
	if g := r(1, 1).rate("", "nobody", "peer", ofLogin, 1, 1); g != nil {
		t.Errorf("without the subject: %+v", g)
	}
}

func TestMedians(t *testing.T) {
	m := medians([]Result{{Name: "a", Start: 3, Login: Load{P99: 1}}, {Name: "a", Start: 1, Login: Load{P99: 9}}, {Name: "a", Start: 2, Login: Load{P99: 2}}})
	if m.Name != "a" || m.Start != 2 || m.Login.P99 != 2 {
		t.Errorf("%+v", m)
	}
	if m := median([]float64{4, 1}); m != 2.5 {
		t.Errorf("the median of 1 and 4 is %g", m)
	}
}

func TestFillIn(t *testing.T) {
	u := &user{name: "alice"}
	action, values, err := u.fillIn([]byte(`<p><FORM method="post" action="/a?b=1&amp;c=2"><input type="hidden" name="t" value="&quot;1&quot;">
		<input name="username"/><input type="password" name="password"><input type="submit"></form><form><input name="other"></form>`))
	if err != nil || action != "/a?b=1&c=2" || values.Encode() != "password=password&t=%221%22&username=alice" {
		t.Errorf("%s, %s, %v", action, values.Encode(), err)
	}
	if _, _, err := u.fillIn([]byte("<p>no form")); err == nil {
		t.Error("a page without a form is filled in")
	}
}

func TestHelpHasExamples(t *testing.T) {
	var errout bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, &bytes.Buffer{}, &errout); err == nil || !strings.Contains(errout.String(), "bench --only") {
		t.Errorf("--help gave %v and\n%s", err, errout.String())
	}
}

func TestWrongCommandLines(t *testing.T) {
	for _, args := range [][]string{{"c"}, {"--only", "("}, {"--only", "there is no such subject"}, {"--time", "0s"}, {"--time", "2h"}, {"--turns", "0"}, {"--turns", "100"}, {"--flat", "-1"}, {"--flat", "10000000"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
