package store

import (
	"errors"
	"fmt"

	"golang.org/x/text/secure/precis"
)

// MaxNameBytes bounds a user name, in bytes of UTF-8.
const MaxNameBytes = 256

// ErrName means that a user name is empty, too long, or has characters that no
// user name may have, such as spaces and controls.
var ErrName = errors.New("not a user name")

// NormalizeName gives the form of a user name by which names are compared: the
// profile UsernameCaseMapped of RFC 8265 3.3. Lower and upper case, full and
// half width, composed and decomposed letters are one name.
func NormalizeName(name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%w: it is empty", ErrName)
	}
	if len(name) > MaxNameBytes {
		return "", fmt.Errorf("%w: it is longer than %d bytes", ErrName, MaxNameBytes)
	}
	// RFC 8264 7: one pass may leave work for the next one; the result must be
	// stable, or two spellings of one name could be two users.
	const passes = 4
	for range passes {
		next, err := precis.UsernameCaseMapped.String(name)
		if err != nil || next == "" {
			return "", fmt.Errorf("%w: it has a character that user names may not have", ErrName)
		}
		if next == name {
			return next, nil
		}
		name = next
	}
	return "", fmt.Errorf("%w: it has no stable form", ErrName)
}
