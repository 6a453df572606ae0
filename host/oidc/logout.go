package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

// leaving is a request to log out (OpenID Connect RP-Initiated Logout 1.0 section 2).
type leaving struct {
	Session string    `json:"session"`         // the key of the session that is to end
	URI     string    `json:"uri,omitzero"`    // where the browser goes then; empty: nowhere
	State   string    `json:"state,omitzero"`  // handed back there
	Client  string    `json:"client,omitzero"` // empty: nobody said who asks
	Until   time.Time `json:"until"`           // how long the user may think about it

	hint  token.Hint // the zero value without
	about *client    // whose the id_token_hint is; nil without, or when it is gone
}

// The form of the page that asks.
const (
	leavingKind  = "logout"
	leavingTime  = 10 * time.Minute
	leavingField = "_logout"
)

func (p *Provider) logoutGet(w http.ResponseWriter, r *http.Request) error {
	q, err := queryParams(r)
	if err != nil {
		return logoutFault(err)
	}
	return p.logout(w, r, q)
}

// logoutPost takes a client's request, and the answer of the page that asks.
func (p *Provider) logoutPost(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return logoutFault(err)
	}
	if q.has(leavingField) {
		return p.logoutConfirmed(w, r, q.get(leavingField))
	}
	sso, err := p.Sessions.Lookup(r)
	if err != nil {
		return stayedFault(err)
	}
	if sso == nil {
		return p.logoutAgain(w, r, q)
	}
	return p.logout(w, r, q)
}

// logoutAgain has the browser ask by GET: a form of another site comes without the
// session's cookie, which is Lax. What the id_token_hint said comes along, see carry.
func (p *Provider) logoutAgain(w http.ResponseWriter, r *http.Request, q params) error {
	asked, err := p.leaving(r.Context(), q)
	if err != nil {
		return err
	}
	again := url.Values{}
	hint := ""
	if asked.hint != (token.Hint{}) {
		if hint, err = p.carry(asked.hint); err != nil {
			return stayedFault(err)
		}
	}
	for name, value := range map[string]string{"client_id": asked.Client, "post_logout_redirect_uri": asked.URI, "state": asked.State, hintField: hint} {
		if value != "" {
			again.Set(name, value)
		}
	}
	w.Header().Set("Location", pathLogout+"?"+again.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// logout ends the browser's session at once for a client that proves by an ID token
// that it is about the user who is signed in; else the user is asked, or any site could
// sign people out (section 2).
func (p *Provider) logout(w http.ResponseWriter, r *http.Request, q params) error {
	asked, err := p.leaving(r.Context(), q)
	if err != nil {
		return err
	}
	sso, err := p.Sessions.Lookup(r)
	switch {
	case err != nil:
		return stayedFault(err)
	case sso == nil:
		return p.left(w, r, asked)
	case asked.names(p, sso):
		return p.leave(w, r, sso, asked)
	}
	asked.Session, asked.Until = sso.Key, p.Now().Add(leavingTime)
	token, err := p.sealed(asked)
	if err != nil {
		return stayedFault(err)
	}
	p.Pages.Logout(w, r, page.Logout{Action: pathLogout, Field: leavingField, Token: token, Target: origin(asked.URI)})
	return nil
}

// names says whether the id_token_hint is about the user of a session, and about that session
// (section 2: another one's is suspect). An ID token of long ago, of another browser, or of a
// device, which has no session, signs nobody out unasked.
func (l leaving) names(p *Provider, sso *session.Session) bool {
	return l.about != nil && l.hint.Subject == p.subjectFor(l.about, sso.UserID) && l.hint.SessionID == p.sessionFor(l.about, sso.ID)
}

// leaving reads a request. The place to go to afterwards must be one that the client
// has registered (section 3). An error is a PageFault.
func (p *Provider) leaving(ctx context.Context, q params) (leaving, error) {
	if name, ok := q.anyRepeated("id_token_hint", hintField, "logout_hint", "client_id", "post_logout_redirect_uri", "state"); ok {
		return leaving{}, logoutFault(sentTwice(name))
	}
	asked := leaving{Client: q.get("client_id"), URI: q.get("post_logout_redirect_uri"), State: q.get("state")}
	hint, err := p.hinted(q)
	if err != nil {
		return leaving{}, logoutFault(mistaken("The ID token that it shows is none of this provider (id_token_hint).", fmt.Errorf("id_token_hint: %w", err)))
	}
	if hint != (token.Hint{}) {
		if asked.Client != "" && asked.Client != hint.Audience {
			return leaving{}, logoutFault(mistaken("The application that it names isn't the one that its ID token is for (client_id, id_token_hint).",
				errors.New("the client_id is not the one that the id_token_hint was issued to")))
		}
		asked.hint, asked.Client = hint, hint.Audience
		if asked.about, err = p.client(ctx, hint.Audience); err != nil && !noClient(err) {
			return leaving{}, stayedFault(err)
		}
	}
	c, err := p.client(ctx, asked.Client)
	if asked.URI == "" {
		if err != nil {
			asked.Client = "" // anybody's words, which would stand in the audit log
		}
		return asked, nil
	}
	if err != nil && !noClient(err) {
		return leaving{}, stayedFault(err)
	}
	switch {
	case asked.Client == "":
		return leaving{}, logoutFault(mistaken("It names an address to go to, and does not say which application it is from (client_id, id_token_hint).", errors.New("no client")))
	case err != nil || !slices.Contains(c.PostLogoutRedirectURIs, asked.URI):
		return leaving{}, logoutFault(mistaken("The address to go to afterwards isn't registered for this application (post_logout_redirect_uri).",
			fmt.Errorf("post_logout_redirect_uri %.200q is not registered for client %.100q", asked.URI, asked.Client)))
	}
	return asked, nil
}

// logoutConfirmed ends the session that the page was about, if it is still the
// browser's: the form can't be made by another site, nor used for another session. Where
// there is no session any more, as after a second press of the button, the browser goes on
// all the same: it shows the last answer that it gets.
func (p *Provider) logoutConfirmed(w http.ResponseWriter, r *http.Request, token string) error {
	sso, err := p.Sessions.Lookup(r)
	if err != nil {
		return stayedFault(err)
	}
	asked, err := p.unsealed(token)
	switch {
	case err != nil && sso == nil:
		return p.left(w, r, leaving{})
	case err != nil:
		return staleFault(err)
	case sso == nil:
		return p.left(w, r, asked)
	case subtle.ConstantTimeCompare([]byte(asked.Session), []byte(sso.Key)) != 1:
		return staleFault(errors.New("the page was of another session"))
	}
	return p.leave(w, r, sso, asked)
}

// sealed is a request as it waits in the page that asks.
func (p *Provider) sealed(asked leaving) (string, error) {
	text, err := json.Marshal(asked)
	if err != nil {
		return "", fmt.Errorf("keep a request to log out: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(p.Sealer.Seal(leavingKind, "", text)), nil
}

// unsealed is the reverse of sealed, for as long as the page may be open.
func (p *Provider) unsealed(token string) (leaving, error) {
	var asked leaving
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return asked, err
	}
	text, err := p.Sealer.Open(leavingKind, "", sealed)
	if err != nil {
		return asked, err
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return asked, err
	}
	if p.Now().After(asked.Until) {
		return asked, errors.New("the page was open for too long")
	}
	return asked, nil
}

// leave ends the session, and what was granted in it for as long as the user is there: all
// without offline_access (OpenID Connect Back-Channel Logout 1.0, 2.7; Core 11).
func (p *Provider) leave(w http.ResponseWriter, r *http.Request, sso *session.Session, asked leaving) error {
	frames, err := p.logoutFrames(r.Context(), sso)
	if err != nil {
		return stayedFault(err)
	}
	if err := p.Sessions.End(w, r); err != nil {
		return stayedFault(err)
	}
	ended, err := p.Grants.EndSession(r.Context(), sso.ID, scopeOffline, p.Now())
	if err != nil {
		return stayedFault(err)
	}
	p.audit(r.Context(), store.Event{
		Type: "session.ended", UserID: sso.UserID, Client: asked.Client, Details: map[string]any{"which": "this", "sessions": 1, "by": "logout", "grants": ended},
	})
	return p.goOn(w, r, asked, frames)
}

// left is where the browser goes when it has no session any more.
func (p *Provider) left(w http.ResponseWriter, r *http.Request, asked leaving) error {
	return p.goOn(w, r, asked, nil)
}

// goOn shows the frames of clients, if there are any, before the browser goes on.
func (p *Provider) goOn(w http.ResponseWriter, r *http.Request, asked leaving, frames []string) error {
	if asked.URI == "" {
		p.Pages.SignedOut(w, r, page.SignedOut{Frames: frames})
		return nil
	}
	params := url.Values{}
	if asked.State != "" {
		params.Set("state", asked.State)
	}
	if len(frames) > 0 {
		p.Pages.SignedOut(w, r, page.SignedOut{Frames: frames, Next: withQuery(asked.URI, params)})
		return nil
	}
	return p.Pages.Respond(w, r, login.Response{URL: asked.URI, Params: params, Mode: modeQuery})
}
