package oidc

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/sdk/go/detailtext"
)

// Bounds of the parameter authorization_details: journeys read it, and each token of the
// grant carries it.
const (
	maxDetails      = 8 << 10 // bytes
	maxDetailsCount = 16
	maxDetailsDepth = 12 // of a detail, that of the list not counted
)

// authorizationDetails are what a client asks for beside its scope (RFC 9396), as it was
// sent, for tokens, and as journeys read it.
type authorizationDetails struct {
	raw    stdjson.RawMessage
	parsed []map[string]any
}

// detail is what all types have in common (RFC 9396 2.2). It is read only to refuse what
// has another form than these members must have.
type detail struct {
	Type       string   `json:"type"`
	Locations  []string `json:"locations"`
	Actions    []string `json:"actions"`
	DataTypes  []string `json:"datatypes"`
	Identifier string   `json:"identifier"`
	Privileges []string `json:"privileges"`
}

// checkDetails: RFC 9396 5, types that the client is not registered for, and whatever can't
// be read, are refused. What is in a type's own members is for journeys to judge.
func checkDetails(a *authorization) *Error {
	text := a.get("authorization_details")
	if text == "" {
		return nil
	}
	list, err := readDetailsList([]byte(text))
	if err != nil {
		return invalidDetails().because(err)
	}
	for _, each := range list {
		var d detail
		if err := json.Unmarshal(each, &d); err != nil {
			return invalidDetails().because(err)
		}
		if !slices.Contains(a.client.AuthorizationDetailsTypes, d.Type) {
			return invalidDetails().becausef("client %q is not registered for the type %.200q", a.client.ID, d.Type)
		}
		var parsed map[string]any
		if err := json.Unmarshal(each, &parsed); err != nil {
			return invalidDetails().because(err)
		}
		if alike(parsed) {
			return invalidDetails().becausef("two members of a detail have names that differ in case alone")
		}
		a.details.parsed = append(a.details.parsed, parsed)
	}
	a.details.raw, err = json.Marshal(list)
	if err != nil {
		return invalidDetails().because(err)
	}
	return nil
}

// readDetailsList reads a list of objects, within bounds.
func readDetailsList(text []byte) ([]jsontext.Value, error) {
	var list []jsontext.Value
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxDetailsCount {
		return nil, fmt.Errorf("the list holds %d details, 1 to %d are allowed", len(list), maxDetailsCount)
	}
	for _, each := range list {
		if each.Kind() != '{' {
			return nil, errors.New("a detail is not an object")
		}
		if depth(each) > maxDetailsDepth {
			return nil, fmt.Errorf("a detail is nested deeper than %d", maxDetailsDepth)
		}
		if !keepsNumbers(each) {
			return nil, errors.New("a detail holds a number that no double is: it has to be text")
		}
	}
	return list, nil
}

// shown are the details as users read them.
func (d authorizationDetails) shown() []string {
	var all []string
	for _, each := range d.parsed {
		line, _ := each["type"].(string)
		if text := detailtext.Of(each); text != "" {
			line += " (" + text + ")"
		}
		all = append(all, line)
	}
	return all
}

// depth is how deep objects and lists lie in each other.
func depth(value jsontext.Value) int {
	most := 0
	for d := jsontext.NewDecoder(bytes.NewReader(value)); ; {
		if _, err := d.ReadToken(); err != nil {
			return most
		}
		most = max(most, d.StackDepth())
	}
}

// allowedDetails are the granted details of the types that the client is registered for now.
func allowedDetails(c *client, granted stdjson.RawMessage) (stdjson.RawMessage, error) {
	if len(granted) == 0 {
		return nil, nil
	}
	var list []jsontext.Value
	if err := json.Unmarshal(granted, &list); err != nil {
		return nil, fmt.Errorf("read granted details: %w", err)
	}
	kept := slices.DeleteFunc(slices.Clone(list), func(each jsontext.Value) bool {
		var d detail
		return json.Unmarshal(each, &d) != nil || !slices.Contains(c.AuthorizationDetailsTypes, d.Type)
	})
	switch len(kept) {
	case len(list):
		return granted, nil
	case 0:
		return nil, nil
	}
	return json.Marshal(kept)
}

// narrowDetails: RFC 9396 6, a request for tokens may ask for some of the granted details:
// each must be one of them, whatever the order of its members, and as often as it was granted.
func narrowDetails(granted stdjson.RawMessage, asked string) (stdjson.RawMessage, error) {
	if asked == "" {
		return granted, nil
	}
	if len(asked) > maxDetails {
		return nil, invalidDetails().becausef("too long")
	}
	wanted, err := readDetailsList([]byte(asked))
	if err != nil {
		return nil, invalidDetails().because(err)
	}
	var list []jsontext.Value
	if len(granted) > 0 {
		if err := json.Unmarshal(granted, &list); err != nil {
			return nil, fmt.Errorf("read granted details: %w", err)
		}
	}
	var kept []jsontext.Value
	for _, each := range wanted {
		i := slices.IndexFunc(list, func(g jsontext.Value) bool { return sameValue(g, each) })
		if i < 0 {
			return nil, invalidDetails().becausef("a detail was not granted, or not so often")
		}
		kept = append(kept, list[i])
		list = slices.Delete(list, i, i+1) // one payment that was granted is not two
	}
	return json.Marshal(kept)
}

// sameValue compares two values as RFC 8785 writes them.
func sameValue(a, b jsontext.Value) bool {
	a, b = a.Clone(), b.Clone()
	return a.Canonicalize() == nil && b.Canonicalize() == nil && string(a) == string(b)
}
