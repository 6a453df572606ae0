package account

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
)

// What a password must be like. NIST SP 800-63B-4 3.1.1.2 gives the least
// length; there are no rules about kinds of characters, as it asks.
const (
	MinPasswordRunes = 8
	MaxPasswordBytes = 1024
)

// ErrPassword means that a password can't be set; the others say why, and are
// ErrPassword too.
var (
	ErrPassword   = errors.New("not a password to use")
	ErrTooShort   = fmt.Errorf("%w: it is shorter than %d characters", ErrPassword, MinPasswordRunes)
	ErrTooLong    = fmt.Errorf("%w: it is longer than %d bytes", ErrPassword, MaxPasswordBytes)
	ErrCharacters = fmt.Errorf("%w: it has control characters or others that can't be typed everywhere", ErrPassword)
	ErrBreached   = fmt.Errorf("%w: it is on the list of breached passwords", ErrPassword)
	ErrSame       = fmt.Errorf("%w: it is the old one", ErrPassword)
)

// normalize gives the form in which passwords are compared: the profile
// OpaqueString of RFC 8265 4.2, under which it does not matter how a keyboard
// composes its letters. It works on bytes so that the errors of others can't
// quote the password.
func normalize(password string) ([]byte, error) {
	if len(password) > MaxPasswordBytes {
		return nil, ErrTooLong
	}
	if password == "" {
		return nil, fmt.Errorf("%w: it is empty", ErrPassword)
	}
	normal, err := precis.OpaqueString.Bytes([]byte(password))
	if err != nil {
		return nil, ErrCharacters
	}
	return normal, nil
}

// acceptable normalizes a password that is to be set.
func acceptable(password string) ([]byte, error) {
	normal, err := normalize(password)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCount(normal) < MinPasswordRunes {
		return nil, ErrTooShort
	}
	return normal, nil
}
