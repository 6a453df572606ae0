package page

import "net/http"

// Logout is the page that asks whether to sign out.
type Logout struct {
	Action       string // the path that the form is sent to
	Field, Token string // of the form
	// Target is where the browser may go after the form, beside this origin.
	Target string
}

// Logout asks whether to sign out.
func (p *Pages) Logout(w http.ResponseWriter, _ *http.Request, l Logout) {
	p.render(w, http.StatusOK, "logout", l, policy{formTarget: l.Target})
}

// SignedOut says that the user is signed out.
func (p *Pages) SignedOut(w http.ResponseWriter, _ *http.Request) {
	p.Render(w, http.StatusOK, "signed-out", struct{ Account string }{})
}
