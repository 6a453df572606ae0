package form

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
)

// MaxSize bounds what a browser may send, in bytes.
const MaxSize = 64 << 10

// ReadError is a form that can't be read, with the status that says so.
type ReadError struct {
	Status int
	Cause  error
}

func (e *ReadError) Error() string { return "form can't be read: " + e.Cause.Error() }

// Unwrap is the cause.
func (e *ReadError) Unwrap() error { return e.Cause }

// Read reads the fields of a posted form; the error is a *ReadError. What stands in
// the address is not read: it would end up in logs.
func Read(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, &ReadError{http.StatusUnsupportedMediaType, errors.New("not a form")}
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxSize)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, &ReadError{http.StatusRequestEntityTooLarge, err}
		}
		return nil, &ReadError{http.StatusBadRequest, err}
	}
	return r.PostForm, nil
}
