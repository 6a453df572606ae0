package demo

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
)

const (
	// cookiePrefix begins the names of the demo's cookies, one for each login that
	// was begun: two tabs do not disturb each other.
	cookiePrefix = "acrhost-demo-"
	// idLength is how much of the state names the cookie.
	idLength = 16
	// attemptSeconds is how long a login may take.
	attemptSeconds = 3600
	// maxAttempts bounds the cookies of logins that never came back.
	maxAttempts = 10
)

// attempt is a login that was begun. It lives in a cookie of the browser that
// began it, so that it survives a restart, and so that nobody can finish a login
// in a browser that did not begin it.
type attempt struct {
	State     string `json:"state"`
	Nonce     string `json:"nonce"`
	Verifier  string `json:"verifier"` // RFC 7636
	Client    string `json:"client"`
	ACRValues string `json:"acr_values"`
}

func newAttempt(clientID, acrValues string) attempt {
	return attempt{
		State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(),
		Client: clientID, ACRValues: acrValues,
	}
}

// keep puts the attempt into the browser.
func (d *Demo) keep(w http.ResponseWriter, r *http.Request, a attempt) error {
	if len(attempts(r)) >= maxAttempts {
		d.dropAll(w, r)
	}
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	d.setCookie(w, cookiePrefix+a.State[:idLength], base64.RawURLEncoding.EncodeToString(value), attemptSeconds)
	return nil
}

// begun finds the attempt that an answer with this state belongs to, in the
// cookies of the browser that brings it (RFC 6749 10.12).
func begun(r *http.Request, state string) (attempt, bool) {
	if len(state) < idLength {
		return attempt{}, false
	}
	cookie, err := r.Cookie(cookiePrefix + state[:idLength])
	if err != nil {
		return attempt{}, false
	}
	value, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return attempt{}, false
	}
	var a attempt
	if json.Unmarshal(value, &a) != nil || subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) != 1 {
		return attempt{}, false
	}
	return a, true
}

// drop forgets an attempt: its answer came.
func (d *Demo) drop(w http.ResponseWriter, a attempt) {
	d.setCookie(w, cookiePrefix+a.State[:idLength], "", -1)
}

func (d *Demo) dropAll(w http.ResponseWriter, r *http.Request) {
	for _, name := range attempts(r) {
		d.setCookie(w, name, "", -1)
	}
}

// attempts are the names of the browser's cookies of this demo.
func attempts(r *http.Request) []string {
	var names []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, cookiePrefix) {
			names = append(names, c.Name)
		}
	}
	return names
}

// setCookie makes every cookie of the demo. Lax, as the answer comes by a
// redirect from another site.
func (d *Demo) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: home, MaxAge: seconds,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	})
}
