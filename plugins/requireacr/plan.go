package requireacr

import (
	"slices"
	"time"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// user is what was verified of the user, and what they have.
type user struct {
	evidence []abi.Evidence
	now      time.Time
	owned    []Method // in the journey's order of preference
}

// way is what the user has yet to prove for a value, by what they have: nothing when
// it is met; ok is false when nothing that they have would do. It is the shortest way,
// and of several as short the one that is preferred.
//
// A method that is part of the proof already is no part of the way: to prove it again
// would change nothing, and the journey would go round in circles.
func (u user) way(v Value) (way []Method, ok bool) {
	p := u.proof(v.MaxAge)
	rest := slices.DeleteFunc(slices.Clone(u.owned), func(m Method) bool { return slices.Contains(p.methods, m) })
	if v.ifPossible() {
		if way, ok := shortest([][]string{{mfa}}, p, rest); ok {
			return way, true
		}
		return shortest([][]string{{anything}}, p, rest)
	}
	return shortest(v.sets(), p, rest)
}

// lacks is the method that the user would have to add for a value.
func (u user) lacks(v Value, methods []Method) (Method, bool) {
	if v.ifPossible() {
		v = Value{ACR: oneAny, MaxAge: v.MaxAge}
	}
	p := u.proof(v.MaxAge)
	rest := slices.DeleteFunc(slices.Clone(methods), func(m Method) bool { return slices.Contains(p.methods, m) })
	way, _ := shortest(v.sets(), p, rest)
	i := slices.IndexFunc(way, func(m Method) bool { return !slices.Contains(u.owned, m) })
	if i < 0 {
		return "", false
	}
	return way[i], true
}

func shortest(sets [][]string, p proof, from []Method) ([]Method, bool) {
	for n := range len(from) + 1 {
		if way, ok := choose(sets, p, from, n); ok {
			return way, true
		}
	}
	return nil, false
}

// choose takes n of the methods, in order, that would do.
func choose(sets [][]string, p proof, from []Method, n int) ([]Method, bool) {
	if n == 0 {
		return nil, slices.ContainsFunc(sets, p.covers)
	}
	for i, m := range from {
		if rest, ok := choose(sets, p.with(m, m.brings()), from[i+1:], n-1); ok {
			return append([]Method{m}, rest...), true
		}
	}
	return nil, false
}

// mfa is the amr value of evidence of two kinds.
const mfa = "mfa"

// proof is evidence that counts, or would.
type proof struct {
	methods []Method
	amr     []string
}

func (u user) proof(maxAge step.Duration) (p proof) {
	for _, e := range u.evidence {
		if maxAge == 0 || u.now.Sub(e.At) <= time.Duration(maxAge) {
			p = p.with(methodOf(e.Method), e.AMR)
		}
	}
	return p
}

// with is the proof and one more thing.
func (p proof) with(m Method, amr []string) proof {
	return proof{methods: append(slices.Clip(p.methods), m), amr: append(slices.Clip(p.amr), amr...)}
}

func (p proof) covers(set []string) bool {
	for _, value := range set {
		switch {
		case value == anything && len(p.methods) > 0, value == mfa && p.spans():
		case !slices.Contains(p.amr, value):
			return false
		}
	}
	return true
}

// spans says whether the proof is of two kinds of factor.
func (p proof) spans() bool {
	first := abi.NoFactor
	for _, value := range p.amr {
		switch kind := abi.FactorOf(value); {
		case value == mfa:
			return true
		case kind == abi.NoFactor:
		case first == abi.NoFactor:
			first = kind
		case kind != first:
			return true
		}
	}
	return false
}
