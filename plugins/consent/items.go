package consent

import (
	"slices"
	"strconv"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/detailtext"
)

// items are what the page lists, each once and in the order of the request: scopes, claims
// by name that none of them covers, and authorization details with all that they say.
func (s Step) items(r abi.Request) []abi.Field {
	var fields []abi.Field
	list := func(kind string, n int, label, value string) {
		fields = append(fields, abi.Field{Name: kind + "-" + strconv.Itoa(n), Type: abi.Info, Label: label, Value: value})
	}
	for i, scope := range r.Scope {
		if scope == "openid" || slices.Contains(s.Hidden, scope) || slices.Contains(r.Scope[:i], scope) {
			continue
		}
		list("scope", len(fields)+1, scope, s.words(scope))
	}
	for i, claim := range r.Claims {
		list("claim", i+1, claim, claimInWords(claim))
	}
	for i, detail := range r.AuthorizationDetails {
		list("detail", i+1, s.kindOf(detail), detailtext.Of(detail))
	}
	return fields
}

// kindOf is what a detail is about: the operator's words for its type, or the type.
func (s Step) kindOf(detail map[string]any) string {
	kind, _ := detail["type"].(string)
	if words, ok := s.Details[kind]; ok {
		return words
	}
	return kind
}

// words are what a scope means to a person (OpenID Connect Core 5.4 and 11).
func (s Step) words(scope string) string {
	if words, ok := s.Scopes[scope]; ok {
		return words
	}
	switch scope {
	case "profile":
		return "Your name and your profile"
	case "email":
		return "Your e-mail address"
	case "phone":
		return "Your phone number"
	case "address":
		return "Your postal address"
	case "offline_access":
		return "All of this also while you are not signed in"
	}
	return "Access that the application calls " + scope
}

// claimInWords is what a claim means to a person (OpenID Connect Core 5.1).
func claimInWords(claim string) string {
	switch claim {
	case "name":
		return "Your full name"
	case "given_name", "middle_name", "family_name":
		return "Part of your name"
	case "nickname", "preferred_username":
		return "The name that you go by"
	case "email":
		return "Your e-mail address"
	case "email_verified":
		return "Whether your e-mail address was verified"
	case "address":
		return "Your postal address"
	case "phone_number":
		return "Your phone number"
	case "phone_number_verified":
		return "Whether your phone number was verified"
	case "birthdate":
		return "Your date of birth"
	case "gender":
		return "Your gender"
	case "picture":
		return "Your picture"
	}
	return "What your profile says as " + claim
}
