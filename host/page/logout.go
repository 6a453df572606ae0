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

// SignedOut is the page that says that the user is signed out.
type SignedOut struct {
	// Frames are pages of clients that sign the user out there (OpenID Connect
	// Front-Channel Logout 1.0, 2). They can't show anything, nor lead the page away.
	Frames []string
	// Next is where the browser goes when the frames have had their time; empty: nowhere.
	Next string
	// Account is where to sign in again; empty: nowhere.
	Account string
}

// FramesTime is how long the frames have before the browser goes on, in seconds: by then a
// client has answered, or is left alone.
func (SignedOut) FramesTime() int { return 3 }

// SignedOut says that the user is signed out.
func (p *Pages) SignedOut(w http.ResponseWriter, _ *http.Request, s SignedOut) {
	p.render(w, http.StatusOK, "signed-out", s, policy{frames: s.Frames})
}
