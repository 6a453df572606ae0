package oidc

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
)

// PageFault is a fault that the user is told on a page of the provider. It is
// used as long as nobody has proven where an answer may go: a redirect then would
// make the provider a stepping stone to any place (RFC 9700 4.11.2).
type PageFault struct {
	Title  string
	Advice string
	// Reason is what is wrong with the request, in our words; empty where there is no more to
	// say.
	Reason string
	Status int
	cause  error
}

// Error is for the log.
func (f *PageFault) Error() string {
	if f.cause == nil {
		return f.Title
	}
	return f.Title + ": " + f.cause.Error()
}

// Unwrap is the cause.
func (f *PageFault) Unwrap() error { return f.cause }

// requestFault: the link or the application that sent the user here is wrong.
func requestFault(cause error) *PageFault {
	return &PageFault{
		Title:  "This sign-in link does not work",
		Advice: "The application that sent you here made a faulty request. Go back to it and try again, or tell its makers.",
		Reason: reasonOf(cause),
		Status: http.StatusBadRequest,
		cause:  cause,
	}
}

// hostFault: something is wrong here.
func hostFault(cause error) *PageFault {
	return orBusy(&PageFault{
		Title:  "Something went wrong",
		Advice: "Your sign-in could not be started. Wait a little and try again.",
		Status: http.StatusInternalServerError,
		cause:  cause,
	})
}

// logoutFault: the application that sent the user here to sign out is wrong. The page says what
// became of that, because who reads of a faulty request may take it that they are signed out.
func logoutFault(cause error) *PageFault {
	return &PageFault{
		Title:  "This sign-out link does not work",
		Advice: "The application that sent you here made a faulty request, and you were not signed out. Go back to it and try again, or tell its makers.",
		Reason: reasonOf(cause),
		Status: http.StatusBadRequest,
		cause:  cause,
	}
}

// staleFault: the page that asked whether to sign out does not count any more.
func staleFault(cause error) *PageFault {
	return &PageFault{
		Title:  "This sign-out page does not work any more",
		Advice: "It was open for too long, or is of an earlier sign-in. You were not signed out: open the page again.",
		Status: http.StatusBadRequest,
		cause:  cause,
	}
}

// deviceFault: a form about a device is none of ours, or is too old.
func deviceFault(cause error) *PageFault {
	return &PageFault{
		Title:  "This form was not accepted",
		Advice: "It did not come from this page, or was open for too long. Nothing was let in: enter the code that your device shows once more.",
		Status: http.StatusBadRequest,
		cause:  cause,
	}
}

// codeGone: the device has to begin anew.
func codeGone(cause error) *PageFault {
	return &PageFault{
		Title:  "This code does not work any more",
		Advice: "It was used or has expired. Have your device show another one.",
		Status: http.StatusBadRequest,
		cause:  cause,
	}
}

// stayedFault: something is wrong here, and so the user may be signed in still.
func stayedFault(cause error) *PageFault {
	return orBusy(&PageFault{
		Title:  "Something went wrong",
		Advice: "You may still be signed in. Wait a little and try to sign out again.",
		Status: http.StatusInternalServerError,
		cause:  cause,
	})
}

// orBusy is a fault of ours, or only that there was no time for the request.
func orBusy(f *PageFault) *PageFault {
	if store.Busy(f.cause) {
		f.Title, f.Status = "Too much is going on here at the moment", http.StatusServiceUnavailable
	}
	return f
}

// busyFault: more was begun at this address than is kept.
func busyFault(cause error) *PageFault {
	return &PageFault{Title: "Too many sign-ins were begun here", Advice: "Wait a minute and try again.", Status: http.StatusTooManyRequests, cause: cause}
}

// handler answers a request, or returns why it could not and has written nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

// page makes the faults of a handler pages. Its redirects carry codes: no cache may
// keep them.
func (p *Provider) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		noStore(w.Header())
		if err := h(w, r); err != nil {
			p.pageFault(w, r, err)
		}
	}
}

// pageFault answers with a fault.
func (p *Provider) pageFault(w http.ResponseWriter, r *http.Request, err error) {
	var fault *PageFault
	if !errors.As(err, &fault) {
		fault = hostFault(err)
	}
	p.logFault(r, fault.Status, fault)
	noStore(w.Header())
	p.Pages.Fault(w, r, page.Fault{Status: fault.Status, Title: fault.Title, Advice: fault.Advice, Reason: fault.Reason})
}

// api makes the faults of a handler JSON (RFC 6749 5.2). All its answers are for
// one client at one time: no cache may keep them.
func (p *Provider) api(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		noStore(w.Header())
		if err := h(w, r); err != nil {
			p.apiFault(w, r, err)
		}
	}
}

// apiFault answers with a fault.
func (p *Provider) apiFault(w http.ResponseWriter, r *http.Request, err error) {
	var fault *Error
	if !errors.As(err, &fault) {
		fault = serverError(err)
	}
	p.logFault(r, fault.status, fault)
	noStore(w.Header())
	p.writeError(w, fault)
}

// logFault logs at a level that says whose fault it is.
func (p *Provider) logFault(r *http.Request, status int, err error) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	p.Log.Log(r.Context(), level, "request refused", "path", r.URL.Path, "status", status, "error", err)
}
