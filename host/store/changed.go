package store

import (
	"errors"
	"fmt"
	"slices"
)

// CheckChanged says what of a decision can't be stored: see Artifacts.Change. It is for
// backends.
func CheckChanged(kind Kind, ids []string, changed []Record) error {
	for i, r := range changed {
		switch {
		case r.ExpiresAt.IsZero():
			return ErrNoExpiry
		case r.Kind != kind || !slices.Contains(ids, r.ID):
			return errors.New("change records: one is to be stored that was not read")
		case slices.ContainsFunc(changed[:i], func(before Record) bool { return before.ID == r.ID }):
			return fmt.Errorf("change records: a record of kind %s is to be stored twice", kind)
		}
	}
	return nil
}
