package oidc

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/acr"
)

// claimsParam is the parameter claims (OpenID Connect Core 5.5). Members that are not
// understood are ignored, as 5.5 says.
type claimsParam struct {
	IDToken  map[string]*claimRequest `json:"id_token"`
	UserInfo map[string]*claimRequest `json:"userinfo"`
}

// claimRequest is one requested claim; null is a voluntary one (5.5.1).
type claimRequest struct {
	Essential bool             `json:"essential"`
	Value     jsontext.Value   `json:"value"`
	Values    []jsontext.Value `json:"values"`
}

// wanted are the claims that a client asked for one by one, by name: those that
// scopes don't cover already.
type wanted struct {
	IDToken  []string `json:"id_token,omitzero"`
	UserInfo []string `json:"userinfo,omitzero"`
}

// checkClaims reads the parameter claims. What can't be read is refused: a demand
// that is overlooked would be answered as if it were met.
func checkClaims(a *authorization) *Error {
	text := a.get("claims")
	if text == "" {
		return nil
	}
	var c claimsParam
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return invalidRequest("The parameter claims is not the JSON of OpenID Connect Core 5.5.").because(err)
	}
	if fault := a.wantSubject(c.IDToken["sub"]); fault != nil {
		return fault
	}
	a.wanted = wanted{IDToken: a.permitted(c.IDToken), UserInfo: a.permitted(c.UserInfo)}
	acrClaim, asked := c.IDToken["acr"]
	if !asked {
		return nil
	}
	a.acrClaim = &acr.Claim{}
	if acrClaim == nil {
		return nil
	}
	values, err := acrClaim.strings()
	if err != nil {
		return invalidRequest("The claim acr is requested with a value that is not a string.").because(err)
	}
	*a.acrClaim = acr.Claim{Essential: acrClaim.Essential, Values: values}
	return nil
}

// wantSubject: a request for a sub with a value is for that user and no other
// (OpenID Connect Core 3.1.2.2, 5.5.1).
func (a *authorization) wantSubject(sub *claimRequest) *Error {
	if sub == nil {
		return nil
	}
	values, err := sub.strings()
	if err != nil {
		return invalidRequest("The claim sub is requested with a value that is not a string.").because(err)
	}
	a.subjects = values
	return nil
}

// strings are the values of a request for a claim that is a string. A value of
// another type is one that could never be met.
func (c *claimRequest) strings() ([]string, error) {
	all := c.Values
	if len(c.Value) > 0 && c.Value.Kind() != 'n' {
		all = slices.Concat([]jsontext.Value{c.Value}, all)
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

// permitted are the requested claims that this client may have: those of the user
// that one of its scopes covers, asked for or not, and the provider's own about the
// login. All others are left out, as 5.5.1 asks.
func (a *authorization) permitted(requested map[string]*claimRequest) []string {
	var names []string
	for name := range requested {
		scope, known := scopeOf(name)
		if known && (scope == "" || slices.Contains(a.client.Scopes, scope)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
