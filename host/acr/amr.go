package acr

import (
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Evidence is what the rules need to know of one thing that was verified.
type Evidence struct {
	AMR []string // RFC 8176 values
	At  time.Time
}

// MFA is the amr value that says that more than one kind of factor was used.
const MFA = "mfa"

// AMR is the union over the evidence, in the order of time, then what granted
// plugins added, then mfa when the evidence spans two kinds of factor. What
// plugins added makes no mfa by itself: nobody verified it. Never nil.
func AMR(evidence []Evidence, added []string) []string {
	inOrder := slices.SortedStableFunc(slices.Values(evidence), func(a, b Evidence) int { return a.At.Compare(b.At) })
	all := []string{}
	kinds := map[abi.Factor]bool{}
	for _, e := range inOrder {
		for _, value := range e.AMR {
			all = appendNew(all, value)
			kinds[abi.FactorOf(value)] = true
		}
	}
	for _, value := range added {
		all = appendNew(all, value)
	}
	delete(kinds, abi.NoFactor)
	if len(kinds) > 1 || slices.Contains(all, MFA) {
		// mfa stands last, also when a piece of evidence said it before.
		all = slices.DeleteFunc(all, func(v string) bool { return v == MFA })
		all = append(all, MFA)
	}
	return all
}

func appendNew(all []string, value string) []string {
	if slices.Contains(all, value) {
		return all
	}
	return append(all, value)
}
