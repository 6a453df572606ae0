package acr

import "slices"

// Requirement is what has to be true of the acr when a journey ended well.
type Requirement struct {
	// Requested are the values of the request, the client's default included.
	Requested []string
	// Essential: they came in an individual claim request that is essential
	// (OpenID Connect Core 5.5.1.1).
	Essential bool
	// Strict: the client's acr_policy makes acr_values a demand (RFC 9470 section 5).
	Strict bool
	// Allowed are patterns of what the client may get at all; nil: anything.
	Allowed []string
	// AtLeast are the values that are not below the client's minimum; nil: it has none.
	AtLeast []string
}

// Verdict is what Decide came to.
type Verdict int

// The verdicts. Unmet is first, so that a forgotten one fails closed.
const (
	// Unmet: the client gets unmet_authentication_requirements and no token.
	Unmet Verdict = iota
	// Met: the acr is one of those that were demanded.
	Met
	// Advisory: nothing was demanded, the acr goes into the token as it is, or absent.
	Advisory
)

// String is the verdict as a word, for logs.
func (v Verdict) String() string {
	switch v {
	case Met:
		return "met"
	case Advisory:
		return "advisory"
	}
	return "unmet"
}

// Decide says whether the acr that a journey ended with, nil when none was set,
// meets the request. Values that are unknown here are no hindrance: it is enough
// that one of the requested is met.
func Decide(r Requirement, got *string) Verdict {
	if r.Allowed != nil && (got == nil || !allowed(r.Allowed, *got)) {
		return Unmet
	}
	if r.AtLeast != nil && (got == nil || !slices.Contains(r.AtLeast, *got)) {
		return Unmet
	}
	demanded := r.Essential || r.Strict && len(r.Requested) > 0
	switch {
	case !demanded:
		return Advisory
	case got == nil:
		return Unmet
	case len(r.Requested) == 0, slices.Contains(r.Requested, *got):
		// Essential without a value: any acr will do, as long as there is one.
		return Met
	}
	return Unmet
}

func allowed(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(p, value) })
}
