package acr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// evidence was verified so many minutes before noon.
func evidence(minutes int, amr ...string) acr.Evidence {
	return acr.Evidence{AMR: amr, At: noon.Add(-time.Duration(minutes) * time.Minute)}
}

func TestAMR(t *testing.T) {
	type all = []acr.Evidence
	tests := []struct {
		name     string
		evidence all
		added    []string
		want     []string
	}{
		{"nothing", nil, nil, []string{}},
		{"one", all{evidence(1, "pwd")}, nil, []string{"pwd"}},
		{"known and held", all{evidence(2, "pwd"), evidence(1, "sms")}, nil, []string{"pwd", "sms", "mfa"}},
		{"in the order of time", all{evidence(1, "sms"), evidence(2, "pwd")}, nil, []string{"pwd", "sms", "mfa"}},
		{"held twice", all{evidence(2, "sms"), evidence(1, "otp")}, nil, []string{"sms", "otp"}},
		{"known twice", all{evidence(2, "pwd"), evidence(1, "pin")}, nil, []string{"pwd", "pin"}},
		{"the same again", all{evidence(2, "pwd"), evidence(1, "pwd")}, nil, []string{"pwd"}},
		{"a passkey with a fingerprint", all{evidence(1, "hwk", "user", "fpt")}, nil, []string{"hwk", "user", "fpt", "mfa"}},
		{"unknown values are no factor", all{evidence(2, "pwd"), evidence(1, "geo", "carrier-pigeon")}, nil, []string{"pwd", "geo", "carrier-pigeon"}},
		{"what plugins add", all{evidence(1, "pwd")}, []string{"pwd", "otp"}, []string{"pwd", "otp"}},
		{"mfa once and last", all{evidence(2, "mfa", "pwd"), evidence(1, "otp")}, nil, []string{"pwd", "otp", "mfa"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, acr.AMR(tt.evidence, tt.added)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSupports(t *testing.T) {
	levels := acr.Levels{Levels: map[string]acr.Level{
		"2.5":   {Requires: [][]string{{"hwk"}, {"pwd", "otp"}}, MaxAge: time.Hour},
		"any":   {Requires: [][]string{{"mfa"}}},
		"none":  {},
		"empty": {Requires: [][]string{{}}},
	}}
	type all = []acr.Evidence
	tests := []struct {
		name, value string
		evidence    all
		want        string // part of the error; empty: supported
	}{
		{"free text", "1.5", nil, ""},
		{"first set", "2.5", all{evidence(1, "hwk")}, ""},
		{"second set", "2.5", all{evidence(1, "pwd"), evidence(1, "otp")}, ""},
		{"half a set", "2.5", all{evidence(1, "pwd")}, "(pwd)"},
		{"too old", "2.5", all{evidence(61, "hwk")}, "not older than 1h0m0s"},
		{"just young enough", "2.5", all{evidence(60, "hwk")}, ""},
		{"half too old", "2.5", all{evidence(61, "pwd"), evidence(1, "otp")}, "(otp)"},
		{"nothing", "2.5", nil, "()"},
		{"mfa is computed", "any", all{evidence(900, "pwd"), evidence(1, "sms")}, ""},
		{"mfa is not given", "any", all{evidence(1, "pwd")}, "needs mfa"},
		{"a level without a set", "none", all{evidence(1, "hwk")}, "does not support"},
		{"an empty set", "empty", all{evidence(1, "hwk")}, "does not support"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, levels.Supports(tt.value, tt.evidence, noon), tt.want)
		})
	}
	strict := acr.Levels{Levels: levels.Levels, Strict: true}
	wantError(t, strict.Supports("1.5", all{evidence(1, "hwk")}, noon), "acr.strict")
	wantError(t, strict.Supports("2.5", all{evidence(1, "hwk")}, noon), "")
}

func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if part == "" {
		if err != nil {
			t.Errorf("got error %q, want none", err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("got error %v, want %q in it", err, part)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, value string
		want           bool
	}{
		{"1.5", "1.5", true}, {"1.5", "1.50", false}, {"1.5", "1x5", false}, {"", "", true}, {"", "a", false},
		{"*", "", true}, {"*", "anything", true},
		{"urn:okta:*", "urn:okta:loa", true}, {"urn:okta:*", "urn:okt", false}, {"urn:okta:*", "x urn:okta:", false},
		{"*|risk:*", "a|risk:0", true}, {"*|risk:*", "a|rusk:0", false},
		{"a*a", "a", false}, {"a*a", "aa", true}, {"a*b*c", "axbxc", true}, {"a*b*c", "acb", false},
		{"*ab", "aab", true}, {"a**b", "ab", true}, {"*a*b", "aab", true}, {"[a-z]?", "bc", false},
	}
	for _, tt := range tests {
		if got := acr.Match(tt.pattern, tt.value); got != tt.want {
			t.Errorf("Match(%q, %q) is %v", tt.pattern, tt.value, got)
		}
	}
}

// The table "When the request is not met".
func TestDecide(t *testing.T) {
	two := []string{"2.5", "2.0"}
	tests := []struct {
		name string
		req  acr.Requirement
		got  string // empty: none was set
		want acr.Verdict
	}{
		{"nothing asked, none set", acr.Requirement{}, "", acr.Advisory},
		{"nothing asked, one set", acr.Requirement{}, "1.0", acr.Advisory},
		{"advisory, met", acr.Requirement{Requested: two}, "2.0", acr.Advisory},
		{"advisory, not met", acr.Requirement{Requested: two}, "1.0", acr.Advisory},
		{"advisory, none set", acr.Requirement{Requested: two}, "", acr.Advisory},
		{"essential, the first", acr.Requirement{Requested: two, Essential: true}, "2.5", acr.Met},
		{"essential, another", acr.Requirement{Requested: two, Essential: true}, "2.0", acr.Met},
		{"essential, none of them", acr.Requirement{Requested: two, Essential: true}, "1.0", acr.Unmet},
		{"essential, none set", acr.Requirement{Requested: two, Essential: true}, "", acr.Unmet},
		{"essential, no part of a value", acr.Requirement{Requested: two, Essential: true}, "2", acr.Unmet},
		{"essential without a value", acr.Requirement{Essential: true}, "1.0", acr.Met},
		{"essential without a value, none set", acr.Requirement{Essential: true}, "", acr.Unmet},
		{"strict, met", acr.Requirement{Requested: two, Strict: true}, "2.0", acr.Met},
		{"strict, not met", acr.Requirement{Requested: two, Strict: true}, "1.0", acr.Unmet},
		{"strict, none set", acr.Requirement{Requested: two, Strict: true}, "", acr.Unmet},
		{"strict, nothing asked", acr.Requirement{Strict: true}, "", acr.Advisory},
		{"allowed", acr.Requirement{Allowed: []string{"1.0", "2.*"}}, "2.5", acr.Advisory},
		{"not allowed", acr.Requirement{Allowed: []string{"2.*"}}, "1.0", acr.Unmet},
		{"not allowed, none set", acr.Requirement{Allowed: []string{"*"}}, "", acr.Unmet},
		{"nothing is allowed", acr.Requirement{Allowed: []string{}}, "1.0", acr.Unmet},
		{"met but not allowed", acr.Requirement{Requested: two, Essential: true, Allowed: []string{"2.0"}}, "2.5", acr.Unmet},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got *string
			if tt.got != "" {
				got = &tt.got
			}
			if v := acr.Decide(tt.req, got); v != tt.want {
				t.Errorf("got %s, want %s", v, tt.want)
			}
		})
	}
}

func TestParseValues(t *testing.T) {
	tests := []struct {
		raw  string
		want []string
		err  string
	}{
		{"", []string{}, ""},
		{"  ", []string{}, ""},
		{"2.5 2.0", []string{"2.5", "2.0"}, ""},
		{" 2.5   2.0 2.5 ", []string{"2.5", "2.0"}, ""},
		{"acr1,acr2 acr3", []string{"acr1,acr2", "acr3"}, ""},
		{"a\u00a0b", []string{"a\u00a0b"}, ""},
		{"a\tb", nil, "control"},
		{"a\nb", nil, "control"},
		{"a\xff", nil, "UTF-8"},
		{strings.Repeat("x", acr.MaxValue+1), nil, "a value of 1025 bytes"},
		{strings.Repeat("x", acr.MaxRequestLen+1), nil, "4097 bytes"},
		{many(acr.MaxRequested + 1), nil, "more than 32"},
	}
	for _, tt := range tests {
		got, err := acr.ParseValues(tt.raw)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%.40q: %s", tt.raw, d)
		}
		wantError(t, err, tt.err)
	}
	if got, err := acr.ParseValues(many(acr.MaxRequested)); len(got) != acr.MaxRequested || err != nil {
		t.Errorf("got %d values, %v", len(got), err)
	}
}

func many(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = strings.Repeat("v", i+1)
	}
	return strings.Join(values, " ")
}

// What was parsed is bounded, has no space in a value and no value twice, and
// parses to the same again.
func FuzzParseValues(f *testing.F) {
	f.Add("2.5 2.0")
	f.Add(" a,b  a,b ")
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := acr.ParseValues(raw)
		if err != nil {
			return
		}
		if values == nil || len(values) > acr.MaxRequested {
			t.Errorf("got %d values", len(values))
		}
		seen := map[string]bool{}
		for _, v := range values {
			if v == "" || strings.Contains(v, " ") || seen[v] {
				t.Errorf("got %q", values)
			}
			seen[v] = true
		}
		again, err := acr.ParseValues(strings.Join(values, " "))
		if d := cmp.Diff(values, again); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
	})
}
