// Package settle lets a handler write to the store without waiting for the disk, and keeps
// its answer back until all that it wrote is kept (store.Together). A client sees no code,
// no token and no refusal that a crash could take back.
package settle

import (
	"maps"
	"net/http"

	"github.com/acrhost/acrhost/host/store"
)

// Handler is next, with what it reads and writes put together. When that can't be kept, lost
// answers in its place, with no header of the answer that was not given.
func Handler(next http.HandlerFunc, lost func(http.ResponseWriter, *http.Request, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, pending := store.Together(r.Context())
		before := w.Header().Clone()
		held := &answer{ResponseWriter: w, pending: pending, lost: func(err error) {
			clear(w.Header())
			maps.Copy(w.Header(), before)
			lost(w, r, err)
		}}
		next(held, r.WithContext(ctx))
		held.settle()
	}
}

// answer waits with the first byte.
type answer struct {
	http.ResponseWriter
	pending *store.Pending
	lost    func(error)
	settled bool
	failed  bool // another answer was given
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader is http.ResponseWriter's.
func (a *answer) WriteHeader(status int) {
	if a.settle() {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write is http.ResponseWriter's. What comes after another answer is dropped.
func (a *answer) Write(text []byte) (int, error) {
	if !a.settle() {
		return len(text), nil
	}
	return a.ResponseWriter.Write(text)
}

// settle waits, once, and says whether the handler's own answer may go out.
func (a *answer) settle() bool {
	if !a.settled {
		a.settled = true
		if err := a.pending.Settle(); err != nil {
			a.failed = true
			a.lost(err)
		}
	}
	return !a.failed
}
