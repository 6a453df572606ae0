package acr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Claim is a request for the claim acr itself (OpenID Connect Core 5.5.1).
type Claim struct {
	Essential bool
	Values    []string // of value and values; empty: none was named
}

// Request is every way in which a client can ask for an acr.
type Request struct {
	Claim     *Claim   // of the ID token's claims; nil: none
	ACRValues string   // the parameter acr_values as sent
	Default   []string // the client's default_acr_values
}

// Asked is what a request comes to.
type Asked struct {
	// Raw is the request as sent: what a step that was pasted from elsewhere reads.
	Raw string
	// Values are what is asked for, best first. Never nil.
	Values []string
	// Essential: the client demands an acr, and one of Demand unless that is empty
	// (OpenID Connect Core 5.5.1.1).
	Essential bool
	Demand    []string
}

// Resolve applies the order of precedence: an individual claim request that names
// values beats acr_values, which beats the client's default (OpenID Connect Dynamic
// Client Registration 1.0 section 2). Where both name values, acr_values says in
// which order the claim's are preferred and adds none: OpenID Connect Core 5.5.1.1
// leaves that open, and an essential claim stays essential.
func Resolve(r Request) (Asked, error) {
	raw := r.ACRValues
	if raw == "" && (r.Claim == nil || len(r.Claim.Values) == 0) {
		raw = strings.Join(r.Default, " ")
	}
	values, err := ParseValues(raw)
	if err != nil {
		return Asked{}, err
	}
	a := Asked{Raw: raw, Values: values}
	if r.Claim == nil {
		return a, nil
	}
	a.Essential = r.Claim.Essential
	if len(r.Claim.Values) == 0 {
		return a, nil
	}
	named, err := distinct(r.Claim.Values)
	if err != nil {
		return Asked{}, err
	}
	slices.SortStableFunc(named, func(x, y string) int { return rank(values, x) - rank(values, y) })
	a.Raw, a.Values = strings.Join(named, " "), named
	if a.Essential {
		a.Demand = named
	}
	return a, nil
}

// rank is where a value stands in a list; behind all others when it does not.
func rank(values []string, v string) int {
	if i := slices.Index(values, v); i >= 0 {
		return i
	}
	return len(values)
}

// distinct are the values of a claim request, each once, within the bounds of
// acr_values. One may hold spaces: it is JSON, not a list.
func distinct(values []string) ([]string, error) {
	var all []string
	size := 0
	for _, v := range values {
		switch {
		case v == "":
			return nil, errors.New("the claim acr is requested with an empty value")
		case len(v) > MaxValue:
			return nil, fmt.Errorf("the claim acr is requested with a value of %d bytes, %d are allowed", len(v), MaxValue)
		case !plain(v):
			return nil, errors.New("the claim acr is requested with a control character")
		case slices.Contains(all, v):
			continue
		}
		all, size = append(all, v), size+len(v)
	}
	if len(all) > MaxRequested || size > MaxRequestLen {
		return nil, fmt.Errorf("the claim acr is requested with more than %d values or %d bytes", MaxRequested, MaxRequestLen)
	}
	return all, nil
}
