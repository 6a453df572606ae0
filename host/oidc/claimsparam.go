package oidc

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// claimsParam is the parameter claims (OpenID Connect Core 5.5). Members that are not
// understood are ignored, as 5.5 says.
type claimsParam struct {
	IDToken  requested `json:"id_token"`
	UserInfo requested `json:"userinfo"`
}

// requested are the claims that one place is asked for, by name.
type requested map[string]*claimRequest

// UnmarshalJSON reads the requests for claims that are known here. What others look like is
// their specifications' matter: OpenID Connect for Identity Assurance 1.0 has lists.
func (r *requested) UnmarshalJSON(text []byte) error {
	var all map[string]jsontext.Value
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	*r = requested{}
	for name, value := range all {
		if _, known := scopeOf(name); !known && name != "sub" {
			continue
		}
		var one *claimRequest
		if err := json.Unmarshal(value, &one); err != nil {
			return err
		}
		(*r)[name] = one
	}
	return nil
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

// beyond are the claims of the user among them that none of these scopes covers, each once.
func (w wanted) beyond(scope []string) []string {
	var names []string
	for _, name := range slices.Concat(w.IDToken, w.UserInfo) {
		if covers := ScopeOf(name); covers != "" && !slices.Contains(scope, covers) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// without are those that are not among these names.
func (w wanted) without(names []string) wanted {
	left := func(all []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(names, name) })
	}
	return wanted{IDToken: left(w.IDToken), UserInfo: left(w.UserInfo)}
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
	a.wanted = wanted{IDToken: a.permitted(c.IDToken), UserInfo: a.permitted(c.UserInfo)}
	var fault *Error
	if a.subjects, fault = c.subjects(); fault != nil {
		return fault
	}
	a.acrClaim, fault = c.acr()
	return fault
}

// permitted are the requested claims that this client may have: those of the user
// that one of its scopes covers, asked for or not, and the provider's own about the
// login. All others are left out, as 5.5.1 asks.
func (a *authorization) permitted(asked requested) []string {
	var names []string
	for name := range asked {
		names = append(names, name)
	}
	slices.Sort(names)
	return a.client.permitted(names)
}

// permitted are the claims that the client may have now, of some that it asked for by name.
func (c *client) permitted(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		scope, known := scopeOf(name)
		return !known || scope != "" && !slices.Contains(c.Scopes, scope)
	})
}
