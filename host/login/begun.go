package login

import (
	"errors"
	"net/http"

	"github.com/acrhost/acrhost/host/forwarded"
)

// ErrTooMany means that one address has begun too many logins which nobody finished: each
// is kept until it expires, and anybody can begin one.
var ErrTooMany = errors.New("too many logins were begun at this address")

// freeSize is what a login may have to keep for whoever began it, in bytes, before it counts
// as several: a client's state is any length, and anybody may send a long one.
const freeSize = 4 << 10

// begins is how many logins a run counts as.
func (s *state) begins() int { return 1 + len(s.Resume)/freeSize }

func (f *Flow) mayBegin(r *http.Request, s *state) bool {
	if f.Begun == nil {
		return true
	}
	_, ok := f.Begun.TakeMany(forwarded.Address(r), s.begins())
	return ok
}

// finished gives back what a login has counted: people who sign in don't use up what others
// behind the same address may.
func (f *Flow) finished(r *http.Request, s *state) {
	if f.Begun != nil {
		f.Begun.ReturnMany(forwarded.Address(r), s.begins())
	}
}
