package requireacr

import (
	"strings"

	"github.com/acrhost/acrhost/sdk/go/step"
)

// Value is a supported value.
type Value struct {
	ACR      string        `json:"acr"`
	Requires [][]string    `json:"requires"`
	MaxAge   step.Duration `json:"max_age"`
}

// JSONSchema is written out: only a predefined value can do without requires.
func (Value) JSONSchema() string {
	return `{"type":"object","additionalProperties":false,"required":["acr"],"properties":{` +
		`"acr":{"type":"string","minLength":1,"description":"The value."},` +
		`"requires":{"type":"array","minItems":1,"items":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}},` +
		`"description":"Sets of amr values, any of which will do; a predefined value without it has its own meaning."},` +
		`"max_age":` + strings.TrimSuffix(step.Duration(0).JSONSchema(), "}") + `,"description":"Evidence older than this does not count for the value."}},` +
		`"anyOf":[{"required":["requires"]},{"properties":{"acr":{"enum":["` + strings.Join(predefined(), `","`) + `"]}}}]}`
}

// The predefined values of Okta.
const (
	oneAny         = "urn:okta:loa:1fa:any"            // any one factor
	onePassword    = "urn:okta:loa:1fa:pwd"            // the password
	twoAny         = "urn:okta:loa:2fa:any"            // any two factors
	twoIfPossible  = "urn:okta:loa:2fa:any:ifpossible" // two from who can, else one
	resistant      = "phr"                             // a factor that no look-alike site can pass on, bound to its device
	resistantInKey = "phrh"                            // the same, by a key in secure hardware
)

func predefined() []string {
	return []string{oneAny, onePassword, twoAny, twoIfPossible, resistant, resistantInKey}
}

// anything is the set that any evidence covers.
const anything = "*"

// sets are the sets of amr values of which one is needed; nil for a value that nobody
// knows, and for twoIfPossible, which depends on the user.
func (v Value) sets() [][]string {
	if len(v.Requires) > 0 {
		return v.Requires
	}
	switch v.ACR {
	case oneAny:
		return [][]string{{anything}}
	case onePassword:
		return [][]string{{"pwd"}}
	case twoAny:
		return [][]string{{mfa}}
	case resistant:
		return [][]string{{"hwk"}, {"pop"}}
	case resistantInKey:
		return [][]string{{"hwk"}}
	}
	return nil
}

// known says whether the value has a meaning.
func (v Value) known() bool { return v.sets() != nil || v.ifPossible() }

func (v Value) ifPossible() bool { return v.ACR == twoIfPossible && len(v.Requires) == 0 }
