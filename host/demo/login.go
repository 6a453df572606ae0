package demo

import (
	"net/http"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// startLogin sends the browser to the provider. It takes GET and POST, as OpenID
// Connect Core 4 wants of an address that begins a login: all that happens is
// that this browser gets a cookie.
func (d *Demo) startLogin(w http.ResponseWriter, r *http.Request) {
	client, ok := d.client(r.FormValue("client"))
	if !ok {
		d.fail(w, http.StatusNotFound, View{}, Failure{
			Title: "There is no such client", Description: "Choose one of the journeys below.",
		})
		return
	}
	a := newAttempt(client.ID, strings.Join(strings.Fields(r.FormValue("acr_values")), " "))
	provider, err := d.discover(r.Context())
	if err == nil {
		err = d.keep(w, r, a)
	}
	if err != nil {
		d.broken(w, r, a, err)
		return
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if a.ACRValues != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", a.ACRValues))
	}
	if r.FormValue("prompt") == "login" {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, d.oauth(provider, client.ID).AuthCodeURL(a.State, options...), http.StatusSeeOther)
}

// forget clears what the demo keeps in the browser: logins that were begun. The
// session at the provider is not the demo's to end.
func (d *Demo) forget(w http.ResponseWriter, r *http.Request) {
	d.dropAll(w, r)
	http.Redirect(w, r, home, http.StatusSeeOther)
}
