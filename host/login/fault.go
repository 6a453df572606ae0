package login

import (
	"net/http"

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

const startAgain = "Go back to the application that you came from and start again."

// notHere is one answer for a run that does not exist, one that has expired, and
// one that began in another browser: whoever tries addresses learns nothing.
func notHere(cause error) *fault {
	return &fault{
		status: http.StatusForbidden,
		title:  "This sign-in can't go on here",
		advice: "It began in another browser, or it was left open for too long. " + startAgain,
		cause:  cause,
	}
}

// forged is a form that no page of ours has sent.
func forged(cause error) *fault {
	return &fault{
		status: http.StatusForbidden,
		title:  "This form was not accepted",
		advice: "It did not come from this sign-in's own page. " + startAgain,
		cause:  cause,
	}
}

func badForm(status int, cause error) *fault {
	return &fault{
		status: status,
		title:  "This form can't be read",
		advice: "Go back, check what you typed, and try again.",
		cause:  cause,
	}
}

func releaseGone(cause error) *fault {
	return &fault{
		status: http.StatusGone,
		title:  "This sign-in has changed",
		advice: "Its configuration changed while you were signing in. " + startAgain,
		cause:  cause,
	}
}

// hostFault: something is wrong here. A reload shows where the run is now.
func hostFault(cause error) *fault {
	return ours("Your sign-in could not go on. Wait a little, go back and try again.", cause)
}

// finishFault: the run is over and can't be repeated.
func finishFault(cause error) *fault {
	return ours("Your sign-in could not be finished. "+startAgain, cause)
}

// ours is a fault of ours, or only that there was no time for the request.
func ours(advice string, cause error) *fault {
	if store.Busy(cause) {
		return &fault{http.StatusServiceUnavailable, "Too much is going on here at the moment", advice, cause}
	}
	return &fault{http.StatusInternalServerError, "Something went wrong", advice, cause}
}
