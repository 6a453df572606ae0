package oidc

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/acr"
)

// The claims acr and sub are more than claims that are wanted: with a value they demand
// something of the login. There is one login, whichever answer shows it, so what is asked
// for userinfo counts as what is asked for the ID token does, although OpenID Connect Core
// 5.5.1.1 speaks of the ID token only.

// acr is what is asked of the claim acr; nil: nothing.
func (c claimsParam) acr() (*acr.Claim, *Error) {
	inID, err := acrClaim(c.IDToken)
	inInfo, err2 := acrClaim(c.UserInfo)
	if err = errors.Join(err, err2); err != nil {
		return nil, invalidRequest("The claim acr is requested with a value that is not a string, or not in one way.").because(err)
	}
	switch {
	case inID == nil, inInfo != nil && inInfo.Essential && !inID.Essential:
		return inInfo, nil
	case inInfo == nil, inID.Essential && !inInfo.Essential:
		return inID, nil
	case !inID.Essential && len(inID.Values) > 0:
		return inID, nil
	case !inID.Essential:
		return inInfo, nil
	}
	values, ok := inBoth(inID.Values, inInfo.Values)
	if !ok {
		return nil, invalidRequest("The claim acr is requested with values for the ID token of which none is among those for userinfo.")
	}
	return &acr.Claim{Essential: true, Values: values}, nil
}

// acrClaim is the request for acr among those of one place; nil: none.
func acrClaim(in requested) (*acr.Claim, error) {
	request, asked := in["acr"]
	if !asked {
		return nil, nil //nolint:nilnil // there is no request, and that is no error
	}
	if request == nil {
		return &acr.Claim{}, nil
	}
	values, err := request.strings()
	return &acr.Claim{Essential: request.Essential, Values: values}, err
}

// subjects are who may be answered for, none: anybody. A request for a sub with a value is
// for that user and no other (OpenID Connect Core 3.1.2.2, 5.5.1).
func (c claimsParam) subjects() ([]string, *Error) {
	inID, err := c.IDToken["sub"].strings()
	inInfo, err2 := c.UserInfo["sub"].strings()
	if err = errors.Join(err, err2); err != nil {
		return nil, invalidRequest("The claim sub is requested with a value that is not a string, or not in one way.").because(err)
	}
	subjects, ok := inBoth(inID, inInfo)
	if !ok {
		return nil, invalidRequest("The claim sub is requested for one user in the ID token and for another in userinfo.")
	}
	return subjects, nil
}

// inBoth are the values that satisfy two lists, in the order of the first; an empty list
// asks for none. It is false when there is no such value.
func inBoth(a, b []string) ([]string, bool) {
	switch {
	case len(a) == 0:
		return b, true
	case len(b) == 0:
		return a, true
	}
	both := slices.DeleteFunc(slices.Clone(a), func(v string) bool { return !slices.Contains(b, v) })
	return both, len(both) > 0
}

// strings are the values of a request for a claim that is a string; none: any will do. A
// value of another type is one that could never be met, as an empty list is. What value
// and values together mean OpenID Connect Core 5.5.1 does not say: either guess could
// let pass what was not meant.
func (c *claimRequest) strings() ([]string, error) {
	if c == nil {
		return nil, nil
	}
	all := c.Values
	switch one := len(c.Value) > 0 && c.Value.Kind() != 'n'; {
	case one && all != nil:
		return nil, errors.New("found value and values")
	case one:
		all = []jsontext.Value{c.Value}
	case all != nil && len(all) == 0:
		return nil, errors.New("found values without a value")
	}
	texts := make([]string, 0, len(all))
	for _, v := range all {
		var text string
		if v.Kind() != '"' {
			return nil, fmt.Errorf("found %s", v.Kind())
		}
		if err := json.Unmarshal(v, &text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}
