package acr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Level says what evidence a value needs.
type Level struct {
	// Requires are sets of amr values, any of which will do. A level without a set,
	// or with an empty one, is met by nothing through it.
	Requires [][]string
	MaxAge   time.Duration // evidence older than this does not count; 0: any age
}

// Levels are the operator's rules for values. The zero value has none: every
// value is free text.
type Levels struct {
	Levels map[string]Level // by value
	Strict bool             // a value without a level is refused
}

// Supports says whether the evidence supports setting a value, by an error that
// says what is missing. What plugins claim by themselves is no evidence here
// unless the operator granted the method.
func (l Levels) Supports(value string, evidence []Evidence, now time.Time) error {
	level, ok := l.Levels[value]
	switch {
	case !ok && l.Strict:
		return errors.New("the acr has no level, and acr.strict allows only values that have one")
	case !ok:
		return nil
	}
	return level.Supports(evidence, now)
}

// Supports says whether the evidence meets the level, by an error that says what is
// missing.
func (l Level) Supports(evidence []Evidence, now time.Time) error {
	amr := l.Counting(evidence, now)
	if l.met(amr) {
		return nil
	}
	return fmt.Errorf("the evidence (%s) does not support the level, which needs %s", strings.Join(amr, ", "), l)
}

// Counting are the amr values of the evidence that is young enough for the level.
func (l Level) Counting(evidence []Evidence, now time.Time) []string {
	return AMR(l.young(evidence, now), nil)
}

func (l Level) young(evidence []Evidence, now time.Time) []Evidence {
	if l.MaxAge == 0 {
		return evidence
	}
	var young []Evidence
	for _, e := range evidence {
		if now.Sub(e.At) <= l.MaxAge {
			young = append(young, e)
		}
	}
	return young
}

func (l Level) met(amr []string) bool {
	return slices.ContainsFunc(l.Requires, func(set []string) bool {
		return len(set) > 0 && !slices.ContainsFunc(set, func(v string) bool { return !slices.Contains(amr, v) })
	})
}

// String is the level as a sentence's part: "hwk, or pwd and otp, not older than 8h0m0s".
func (l Level) String() string {
	sets := make([]string, 0, len(l.Requires))
	for _, set := range l.Requires {
		sets = append(sets, strings.Join(set, " and "))
	}
	s := strings.Join(sets, ", or ")
	if l.MaxAge > 0 {
		s += ", not older than " + l.MaxAge.String()
	}
	return s
}
