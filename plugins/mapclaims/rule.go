package mapclaims

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Rules are rules in order.
type Rules []Rule

// Rule says which claim leads to which value. Claim is a name, or with a slash in
// front a JSON Pointer into the claims. Exactly one of Value, Map and AsIs says what to
// set: this text, the one that the table has for the claim's, or the claim's own.
type Rule struct {
	Claim   string            `json:"claim"`
	Equals  string            `json:"equals"`
	Matches string            `json:"matches"` // with * for any text
	Value   string            `json:"value"`
	Map     map[string]string `json:"map"`
	AsIs    bool              `json:"as_is"`
}

// JSONSchema is the schema of a list of rules.
func (Rules) JSONSchema() string {
	return `{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{
		"claim":{"type":"string","minLength":1,"description":"The claim: its name, or a JSON Pointer into the claims."},
		"equals":{"type":"string","minLength":1,"description":"The rule fits when the claim is this, or a list that holds it."},
		"matches":{"type":"string","minLength":1,"description":"The rule fits when the claim matches this pattern, in which * stands for any text."},
		"value":{"type":"string","minLength":1,"description":"The value to set."},
		"map":{"type":"object","minProperties":1,"additionalProperties":{"type":"string","minLength":1},"description":"The value to set, by what the claim is."},
		"as_is":{"const":true,"description":"The claim's own value is set."}},
		"oneOf":[{"required":["value"]},{"required":["map"]},{"required":["as_is"]}],
		"dependentRequired":{"equals":["claim"],"matches":["claim"],"map":["claim"],"as_is":["claim"]},
		"not":{"required":["equals","matches"]}}}`
}

// check says what the schema says.
func (rules Rules) check() error {
	for _, r := range rules {
		ways := 0
		for _, present := range []bool{r.Value != "", len(r.Map) > 0, r.AsIs} {
			if present {
				ways++
			}
		}
		switch {
		case ways != 1:
			return errors.New("a rule has exactly one of value, map and as_is")
		case r.Equals != "" && r.Matches != "":
			return errors.New("a rule has one of equals and matches at most")
		case r.Claim == "" && (r.Value == "" || r.Equals != "" || r.Matches != ""):
			return errors.New("a rule without a claim has a value and nothing else")
		}
	}
	return nil
}

// needClaims says whether any rule looks at claims.
func (rules Rules) needClaims() bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.Claim != "" })
}

// acr is the value that a rule sets. A claim that is an object is one value; a list is
// none, unless the rule picks from it.
func (r Rule) acr(claims map[string]any) (any, bool) {
	if r.Claim == "" {
		return r.Value, true
	}
	for _, claim := range r.find(claims) {
		if object, ok := claim.(map[string]any); ok && r.AsIs && r.Equals == "" && r.Matches == "" {
			return object, true
		}
		_, list := claim.([]any)
		if values := r.values(claim); len(values) > 0 && (!list || !r.AsIs || len(values) == 1) {
			return values[0], true
		}
	}
	return nil, false
}

// amr are the values that a rule adds.
func (r Rule) amr(claims map[string]any) []string {
	if r.Claim == "" {
		return []string{r.Value}
	}
	var all []string
	for _, claim := range r.find(claims) {
		all = append(all, r.values(claim)...)
	}
	return all
}

func (r Rule) find(claims map[string]any) []any {
	if claim, ok := claims[r.Claim]; ok {
		return []any{claim}
	}
	if !strings.HasPrefix(r.Claim, "/") {
		return nil
	}
	found, err := abi.Lookup(claims, r.Claim)
	if err != nil {
		return nil
	}
	return found
}

// values are what the texts of a claim lead to, each that fits.
func (r Rule) values(claim any) []string {
	var all []string
	for _, text := range texts(claim) {
		mapped, known := r.Map[text]
		switch {
		case r.Equals != "" && text != r.Equals, r.Matches != "" && !matches(r.Matches, text):
		case r.Value != "":
			return []string{r.Value}
		case known:
			all = append(all, mapped)
		case r.AsIs && text != "":
			all = append(all, text)
		}
	}
	return all
}

// texts are the texts of a claim: of a list those of its elements. Null and objects have
// none.
func texts(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []any:
		var all []string
		for _, element := range v {
			if _, list := element.([]any); !list {
				all = append(all, texts(element)...)
			}
		}
		return all
	}
	return nil
}

// matches says whether a text fits a pattern.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok || len(parts) == 1 {
		return ok && text == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}
