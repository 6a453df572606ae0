package oidc

import (
	"errors"
	"fmt"
)

// mistake is what is wrong with a request that is answered by a page: a sentence of ours, with
// the parameter in brackets, for whoever can mend it. Nothing of the request is in it, which
// could be anybody's words on our page; its values are in the cause, for the log.
type mistake struct {
	sentence string
	cause    error
}

// Error is for the log.
func (m *mistake) Error() string { return m.cause.Error() }

// Unwrap is the cause.
func (m *mistake) Unwrap() error { return m.cause }

func mistaken(sentence string, cause error) *mistake { return &mistake{sentence, cause} }

// sentTwice is a mistake with one of the parameters that we know by name.
func sentTwice(name string) *mistake {
	return mistaken("A parameter was sent more than once ("+name+").", fmt.Errorf("%s was sent more than once", name))
}

// reasonOf is what a page says of a cause: the description of an error in the words of OAuth,
// which the client could be told as well, or else the sentence of a mistake; empty: nothing.
func reasonOf(cause error) string {
	if told, ok := errors.AsType[*Error](cause); ok {
		return told.Description
	}
	if m, ok := errors.AsType[*mistake](cause); ok {
		return m.sentence
	}
	return ""
}
