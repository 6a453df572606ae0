package page

import "net/http"

// fault is what the template error shows.
type fault struct {
	Title, Advice, RequestID string
}

// Fault says that a request can't go on, and what to do about it. title and
// advice are for the user: nothing of the inside belongs there.
func (p *Pages) Fault(w http.ResponseWriter, r *http.Request, status int, title, advice string) {
	p.Render(w, status, "error", fault{Title: title, Advice: advice, RequestID: p.requestID(r)})
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
