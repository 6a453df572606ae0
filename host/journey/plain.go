package journey

import (
	"fmt"
	"maps"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// MaxVars bounds a run's variables, in bytes of JSON; MaxClaims its claims.
const (
	MaxVars   = 64 << 10
	MaxClaims = 32 << 10
)

// merge puts what a step said over what there is. The size of all of it is
// bounded: it is in every document that follows.
func merge(what string, into, from map[string]any, limit int) (map[string]any, *StepError) {
	if len(from) == 0 {
		return into, nil
	}
	all := maps.Clone(into)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, from)
	all, size, err := plain(all)
	switch {
	case err != nil:
		return nil, invalid(what + ": " + err.Error())
	case size > limit:
		return nil, &StepError{
			Class: classOutputLimit, Code: classOutputLimit,
			Message: fmt.Sprintf("%s would have %d bytes in all, %d are allowed", what, size, limit),
		}
	}
	return all, nil
}

// plain is a table as it comes back from the store, so that a step sees the same
// before and after a restart, and its size in bytes of JSON. Numbers are float64.
func plain(m map[string]any) (map[string]any, int, error) {
	text, err := leanjson.AppendMap(nil, m)
	if err != nil {
		return nil, 0, fmt.Errorf("a value is not JSON: %w", err)
	}
	p := leanjson.Parse(text)
	back := p.Map()
	if err := p.End(); err != nil {
		return nil, 0, fmt.Errorf("a value is not JSON: %w", err)
	}
	return back, len(text), nil
}

func plainSubject(s *abi.Subject) (*abi.Subject, error) {
	if s == nil {
		return nil, nil
	}
	claims, _, err := plain(s.Claims)
	if err != nil {
		return nil, fmt.Errorf("the subject's claims: %w", err)
	}
	if claims == nil {
		claims = map[string]any{}
	}
	return &abi.Subject{ID: s.ID, Username: s.Username, Claims: claims}, nil
}
