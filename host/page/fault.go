package page

import (
	"net/http"
	"strconv"

	"github.com/acrhost/acrhost/host/store"
)

// Fault says that a request can't go on, and what to do about it. Its texts are for the user:
// nothing of the inside belongs there, and nothing that came with the request.
type Fault struct {
	Status        int
	Title, Advice string
	// Reason is what was wrong with the request, for those who can mend it; empty: the title
	// says all.
	Reason string
}

// Fault shows a fault. Where the server has no time, it says when to come again (RFC 9110
// 15.6.4).
func (p *Pages) Fault(w http.ResponseWriter, r *http.Request, f Fault) {
	if f.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(store.BusyTime.Seconds())))
	}
	p.Render(w, f.Status, "error", struct {
		Fault
		RequestID string
	}{f, p.requestID(r)})
}

// Finished says that a login is over and nothing more can be done on its page.
func (p *Pages) Finished(w http.ResponseWriter, _ *http.Request) {
	p.Render(w, http.StatusOK, "finished", nil)
}

// Index is the front page.
type Index struct {
	Issuer  string
	Demo    bool // there is a demo to go to
	Account bool // users can keep their accounts
}

// Index shows what this place is.
func (p *Pages) Index(w http.ResponseWriter, _ *http.Request, i Index) {
	p.Render(w, http.StatusOK, "index", i)
}
