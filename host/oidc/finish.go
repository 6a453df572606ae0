package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// pending is what the provider must remember while a journey runs. The client,
// the scope and the requested acr are in the run's own request.
type pending struct {
	To        recipient `json:"to"`
	Nonce     string    `json:"nonce,omitzero"`
	Challenge string    `json:"challenge,omitzero"` // PKCE, a hash
	JKT       string    `json:"jkt,omitzero"`       // of the DPoP key that the code is for
	Subjects  []string  `json:"subjects,omitzero"`  // who may be answered for, as the client sees them; none: anybody
	Demand    []string  `json:"demand,omitzero"`    // of an essential acr; none: any acr will do
	Wanted    wanted    `json:"wanted,omitzero"`
	// Resources and Details are for the grant (RFC 8707, RFC 9396).
	Resources []string        `json:"resources,omitzero"`
	Details   json.RawMessage `json:"details,omitzero"`
	Device    string          `json:"device,omitzero"` // id of the device code that the login is for
	Ticket    string          `json:"ticket,omitzero"` // id of the pushed request that the login is for
	Tokens    string          `json:"tokens,omitzero"` // the response type where it is not code
}

// Finish turns the end of a journey into the answer to the client: a grant and its
// code or tokens, or an error. It satisfies login.Finisher.
func (p *Provider) Finish(ctx context.Context, f login.Finished) (login.Response, error) {
	var request pending
	if err := store.Decode(f.Resume, &request); err != nil {
		return login.Response{}, fmt.Errorf("read authorization request: %w", err)
	}
	if f.Run == nil || f.Run.End == nil {
		return login.Response{}, errors.New("the run has not ended")
	}
	if request.Device != "" {
		return p.finishDevice(ctx, request, f)
	}
	// The configuration may have changed since the login began.
	c, err := p.client(ctx, f.Run.Request.ClientID)
	if err != nil || !c.mayRedirectTo(request.To.URI) {
		return login.Response{}, fmt.Errorf("client %q is gone, or its redirect URI", f.Run.Request.ClientID)
	}
	if err := c.answerable(ctx, request.To); err != nil {
		return login.Response{}, err // before anything is granted that nobody would hear of
	}
	if fault := p.verdict(ctx, c, request, f); fault != nil {
		p.loginFailed(ctx, f.Run, fault)
		return p.failure(ctx, c, request.To, fault)
	}
	granted, err := p.grantConsented(ctx, c, request, f)
	if err != nil {
		fault, told := errors.AsType[*Error](err)
		if !told {
			fault = serverError(err)
		}
		p.loginFailed(ctx, f.Run, fault)
		return p.failure(ctx, c, request.To, fault)
	}
	p.loggedIn(ctx, f)
	return p.success(ctx, c, request.To, granted, p.sessionState(c, request.To.URI, f.SessionID))
}

func (p *Provider) loggedIn(ctx context.Context, f login.Finished) {
	p.audit(ctx, store.Event{
		Type: "login.ok", UserID: f.Run.Subject.ID, Client: f.Run.Request.ClientID, Run: f.Run.ID,
		Details: map[string]any{"journey": f.Run.Journey, "acr": f.Run.ACR, "amr": f.AMR},
	})
}

// verdict says why the client gets nothing, or nil.
func (p *Provider) verdict(ctx context.Context, c *client, request pending, f login.Finished) *Error {
	if fault := p.answerOnce(ctx, request.Ticket, f); fault != nil {
		return fault
	}
	if fault := p.stillGives(c, request.Tokens); fault != nil {
		return fault
	}
	if f.Run.End.Terminal != journey.Success {
		return p.failed(c, request, f)
	}
	if f.Run.Subject == nil {
		return serverError(errors.New("the journey succeeded with no subject"))
	}
	if p.unmet(c, request, f.Run) {
		return unmetAuthentication()
	}
	if fault := p.unasked(ctx, c, f.Run); fault != nil {
		return fault
	}
	// OpenID Connect Core 3.1.2.1 and 5.5.1: another user than the one that was named
	// must not be answered for as if it were that one.
	if len(request.Subjects) > 0 && !p.acceptsAny(c, request.Subjects, f.Run.Subject.ID) {
		return loginRequired()
	}
	return p.mayHaveGrant(ctx, f.Run.Subject.ID)
}

// mayHaveGrant: a session outlives the moment in which an account is disabled.
func (p *Provider) mayHaveGrant(ctx context.Context, userID string) *Error {
	user, err := p.Users.User(ctx, userID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return accessDenied().becausef("user %q does not exist", userID)
	case err != nil:
		return serverError(fmt.Errorf("find user: %w", err))
	case user.Disabled:
		return accessDenied().becausef("user %q is disabled", userID)
	}
	return nil
}

// failed is the error of a journey that did not succeed. One that came to @failure short
// of a demanded acr, and not by somebody's no, was unable to meet the requirement, which
// the client is to be told in these words (unmet_authentication_requirements 1.0:
// SHALL for an essential acr, MAY for the rest). A no is a no, whatever was demanded.
func (p *Provider) failed(c *client, request pending, f login.Finished) *Error {
	reason := fmt.Errorf("the journey ended in %s: %s", f.Run.End.Terminal, f.Run.End.Reason)
	switch code := f.Run.End.Code; code {
	case accessDenied().Code:
		if end := f.Run.End; end.Terminal == journey.Failure && !end.Refused && p.unmet(c, request, f.Run) {
			return unmetAuthentication().because(reason)
		}
		return accessDenied().because(reason)
	case loginRequired().Code, interactionRequired().Code:
		return p.silent(c, request, f).because(reason)
	case "", serverError(nil).Code:
		return serverError(reason)
	case unmetAuthentication().Code:
		return unmetAuthentication().because(reason)
	default:
		return journeyError(code).because(reason)
	}
}

// silent is the error of a run that had to ask and was not allowed to.
func (p *Provider) silent(c *client, request pending, f login.Finished) *Error {
	switch {
	case f.HadSession && f.Run.End.Consent && !p.unmet(c, request, f.Run):
		return consentRequired() // OpenID Connect Core 3.1.2.6: all else is there
	case f.Run.Request.ACREssential:
		// The acr was a demand: an attempt that can't reach it has failed (OpenID
		// Connect Core 5.5.1.1).
		return unmetAuthentication()
	case !f.HadSession:
		// OpenID Connect Core 3.1.2.6: without a session it is the login that is missing.
		return loginRequired()
	}
	return interactionRequired()
}

// unmet says whether the client demanded an acr that was not reached.
func (p *Provider) unmet(c *client, request pending, run *journey.Run) bool {
	need := p.requirement(c, run.Request.ACREssential, request.Demand, run.Request.ACRValues)
	return acr.Unmet == acr.Decide(need, run.ACR)
}

func (p *Provider) loginFailed(ctx context.Context, run *journey.Run, fault *Error) {
	p.Log.InfoContext(ctx, "login failed", "run", run.ID, "client", run.Request.ClientID, "error", fault)
	reason := run.End.Reason
	if reason == "" && fault.cause != nil {
		reason = fault.cause.Error() // the journey ended well
	}
	event := store.Event{
		Type: "login.failed", Client: run.Request.ClientID, Run: run.ID,
		Details: map[string]any{"journey": run.Journey, "code": fault.Code, "reason": reason},
	}
	if run.Subject != nil {
		event.UserID = run.Subject.ID
	}
	p.audit(ctx, event)
}
