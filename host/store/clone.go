package store

import (
	"bytes"
	"maps"
	"slices"
)

// Clone is the same record, which shares nothing with it.
func (r Record) Clone() Record {
	r.Data = bytes.Clone(r.Data)
	return r
}

// Clone is the same grant, which shares nothing with it.
func (g Grant) Clone() Grant {
	g.Scope = slices.Clone(g.Scope)
	g.AMR = slices.Clone(g.AMR)
	g.RestsOn = slices.Clone(g.RestsOn)
	g.Details = bytes.Clone(g.Details)
	if g.ACR != nil {
		acr := *g.ACR
		g.ACR = &acr
	}
	return g
}

// Clone is the same user, which shares nothing with it. The claims must be such as Decode
// gives.
func (u User) Clone() User {
	if u.Claims != nil {
		u.Claims = cloneJSON(u.Claims).(map[string]any)
	}
	return u
}

func cloneJSON(value any) any {
	switch value := value.(type) {
	case map[string]any:
		value = maps.Clone(value)
		for name, v := range value {
			value[name] = cloneJSON(v)
		}
		return value
	case []any:
		value = slices.Clone(value)
		for i, v := range value {
			value[i] = cloneJSON(v)
		}
		return value
	}
	return value
}
