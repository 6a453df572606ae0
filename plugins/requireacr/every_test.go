package requireacr_test

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// all are the methods of the journey, in its order of preference.
func all() []string { return []string{"password", "sms", "totp", "passkey"} }

// reaches says in other words than the step's what each value means.
func reaches(value string, proved []string, key string) bool {
	has := func(m string) bool { return slices.Contains(proved, m) }
	two := has("passkey") || has("password") && (has("sms") || has("totp"))
	switch value {
	case onePwd:
		return has("password")
	case twoAny:
		return two
	case phr:
		return has("passkey") && key != "swk"
	case phrh:
		return has("passkey") && key == "hwk"
	}
	return len(proved) > 0
}

// TestEveryCombination holds every value against every set of factors that a user can
// have, every part of it that was proved, and every kind of passkey.
func TestEveryCombination(t *testing.T) {
	rows := 0
	for _, value := range []string{oneAny, onePwd, twoAny, twoIf, phr, phrh} {
		for owned := range subsets(all()) {
			for proved := range subsets(owned) {
				for _, key := range keys(proved) {
					rows++
					evidence := strings.ReplaceAll(strings.Join(proved, " "), "passkey", key)
					out := call(t, configure, value, strings.Join(owned, " "), evidence).Run()
					if got, want := out.Outcome, expected(value, owned, proved, key); got != want {
						t.Errorf("%s, has %q, proved %q (%s): %s, want %s", value, owned, proved, key, said(out), want)
					}
					plausible(t, out, owned, proved)
				}
			}
		}
	}
	if rows != 6*(81+2*27) {
		t.Errorf("%d rows", rows)
	}
}

// keys are the kinds of passkey that make a difference.
func keys(proved []string) []string {
	if slices.Contains(proved, "passkey") {
		return []string{"hwk", "pop", "swk"}
	}
	return []string{"hwk"}
}

// expected is the outcome.
func expected(value string, owned, proved []string, key string) string {
	if value == twoIf {
		value = oneAny
		if reaches(twoAny, owned, key) {
			value = twoAny
		}
	}
	switch {
	case reaches(value, proved, key):
		return "met"
	case reaches(value, owned, "hwk") && (value != phr && value != phrh || !slices.Contains(proved, "passkey")):
		return "unmet"
	case len(proved) == 0, reaches(twoAny, owned, key) && !reaches(twoAny, proved, key):
		return "unmet" // what the user has comes first
	case (value == phr || value == phrh) && slices.Contains(owned, "passkey"):
		return "unmet" // theirs is of the other kind
	}
	return "enroll"
}

// plausible holds the method that is named against what the user has.
func plausible(t *testing.T, out abi.Output, owned, proved []string) {
	t.Helper()
	needs, _ := out.Vars["needs"].(string)
	switch {
	case out.Outcome == "met" && needs == "",
		out.Outcome == "unmet" && needs == "none",
		out.Outcome == "unmet" && slices.Contains(owned, needs) && !slices.Contains(proved, needs),
		out.Outcome == "enroll" && slices.Contains(all(), needs) && !slices.Contains(owned, needs):
		return
	}
	t.Errorf("has %q, proved %q: %s", owned, proved, said(out))
}

// TestNoLoop follows what the step says from nothing, as a journey does: it is over
// after a question for each method at most.
func TestNoLoop(t *testing.T) {
	for _, value := range []string{oneAny, onePwd, twoAny, twoIf, phr, phrh} {
		for owned := range subsets(all()) {
			for _, key := range []string{"hwk", "pop", "swk"} {
				owned, proved := slices.Clone(owned), []string{}
				for rounds := 0; ; rounds++ {
					if rounds > len(all()) {
						t.Fatalf("%s, %q (%s): asked for %q and no end", value, owned, key, proved)
					}
					out := call(t, configure, value, strings.Join(owned, " "), strings.ReplaceAll(strings.Join(proved, " "), "passkey", key)).Run()
					needs, _ := out.Vars["needs"].(string)
					if out.Outcome == "met" || needs == "none" {
						break
					}
					if out.Outcome == "enroll" {
						owned = append(owned, needs)
					}
					proved = append(proved, needs)
				}
			}
		}
	}
}

// subsets are all subsets, the empty one too.
func subsets(of []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for bits := range 1 << len(of) {
			some := []string{}
			for i, v := range of {
				if bits>>i&1 == 1 {
					some = append(some, v)
				}
			}
			if !yield(some) {
				return
			}
		}
	}
}
