package login

import (
	"errors"
	"net/http"

	"github.com/acrhost/acrhost/host/forwarded"
)

// ErrTooMany means that one address has begun too many logins which nobody finished: each
// is kept until it expires, and anybody can begin one.
var ErrTooMany = errors.New("too many logins were begun at this address")

func (f *Flow) mayBegin(r *http.Request) bool {
	if f.Begun == nil {
		return true
	}
	_, ok := f.Begun.Take(forwarded.Address(r))
	return ok
}

// finished gives back what a login has counted: people who sign in don't use up what others
// behind the same address may.
func (f *Flow) finished(r *http.Request) {
	if f.Begun != nil {
		f.Begun.Return(forwarded.Address(r))
	}
}
