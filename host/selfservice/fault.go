package selfservice

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

// fault is an error that the user is told on a page. The cause is for the log.
type fault struct {
	status        int
	title, advice string
	cause         error
}

func (f *fault) Error() string {
	if f.cause == nil {
		return f.title
	}
	return f.title + ": " + f.cause.Error()
}

func (f *fault) Unwrap() error { return f.cause }

const openAgain = "Open the page of your account again."

// forged is a form that no page of this session has sent.
func forged(why string) *fault {
	return &fault{http.StatusForbidden, "This form was not accepted", "It did not come from the page of your account, or you have signed in again since. " + openAgain, errors.New(why)}
}

func notSignedIn() *fault {
	return &fault{http.StatusForbidden, "You are not signed in", "Nothing was changed. " + openAgain, nil}
}

// faultOf is an error as users are told it.
func faultOf(err error) *fault {
	if shown, ok := errors.AsType[*fault](err); ok {
		return shown
	}
	switch {
	case errors.Is(err, factor.ErrLast):
		return &fault{http.StatusConflict, "You can’t do without this one", "Nothing was removed. Add another way to sign in first, such as a passkey.", err}
	case errors.Is(err, factor.ErrNone), errors.Is(err, store.ErrNotFound):
		return &fault{http.StatusNotFound, "That is not here any more", "Nothing was changed. " + openAgain, err}
	case errors.Is(err, factor.ErrRefused), errors.Is(err, store.ErrConflict):
		return &fault{http.StatusConflict, "Your account was changed at the same moment", "Nothing was changed by this page. " + openAgain, err}
	case store.Busy(err):
		return &fault{http.StatusServiceUnavailable, "Too much is going on here at the moment", "Wait a little and try again.", err}
	case errors.Is(err, login.ErrTooMany):
		return &fault{http.StatusTooManyRequests, "Too many sign-ins were begun here", "Wait a minute and try again.", err}
	}
	return &fault{http.StatusInternalServerError, "Something went wrong", "Wait a little and try again.", err}
}

func (s *Service) showFault(w http.ResponseWriter, r *http.Request, err error) {
	shown := faultOf(err)
	level := slog.LevelInfo
	if shown.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.Log(r.Context(), level, "account page refused", "path", r.URL.Path, "status", shown.status, "error", err)
	s.Pages.Fault(w, r, page.Fault{Status: shown.status, Title: shown.title, Advice: shown.advice})
}
