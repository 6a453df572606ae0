package oidc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// authorization is one authorization request (OpenID Connect Core 3.1.2.1). The
// client and where the answer goes are proven before it exists; the checks fill
// in the rest.
type authorization struct {
	request
	client *client
	to     recipient

	responseType string // its words in order; checkResponseMode reads it first

	scope     []string // what the client may have of what it asked for
	challenge string   // PKCE, empty without
	device    string   // id of the device code that the login is for, empty without
	jkt       string   // of the DPoP key that the code is for, empty without
	prompt    []string
	maxAge    *int64     // seconds
	acrClaim  *acr.Claim // of the parameter claims, nil without
	acr       acr.Asked
	wanted    wanted
	resources []string
	details   authorizationDetails
	subjects  []string // of the id_token_hint, or of a requested sub: no other user will do
}

func (p *Provider) authorizeGet(w http.ResponseWriter, r *http.Request) error {
	q, err := queryParams(r)
	if err != nil {
		return requestFault(err)
	}
	return p.authorize(w, r, q)
}

// authorizePost takes the same parameters as a form (OpenID Connect Core 3.1.2.1).
func (p *Provider) authorizePost(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return requestFault(err)
	}
	return p.authorize(w, r, q)
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request, q params) error {
	c, err := p.asking(r.Context(), q)
	if err != nil {
		return err
	}
	if c.keepsRequestsAt(q.get("request_uri")) && !p.mayCost(r) {
		return busyFault(errors.New("too many request objects were asked for"))
	}
	request, err := p.unpack(r.Context(), c, q)
	if err != nil {
		return p.refuseUnread(w, r, c, q, err)
	}
	a, err := prove(c, request)
	if err != nil {
		return requestFault(err)
	}
	for _, check := range p.checks {
		if fault := check(a); fault != nil {
			return p.refuse(w, r, a, fault)
		}
	}
	if err := a.client.answerable(r.Context(), a.to); err != nil {
		return hostFault(err)
	}
	switch bare, err := p.withoutCookies(r); {
	case err != nil:
		return p.refuse(w, r, a, serverError(err))
	case bare && !p.mayCost(r):
		return busyFault(errors.New("too many requests were posted without cookies"))
	case bare:
		return p.comeAgain(w, r, a)
	}
	begin, err := p.loginRequest(a)
	if err != nil {
		return p.refuse(w, r, a, serverError(err))
	}
	err = p.Login.Start(w, r, begin)
	if errors.Is(err, login.ErrTooMany) {
		return p.refuse(w, r, a, temporarilyUnavailable().because(err))
	}
	if err != nil {
		return p.refuse(w, r, a, serverError(fmt.Errorf("start login: %w", err)))
	}
	return nil
}

// asking finds the client. It stands outside whatever else the request is packed in (RFC
// 9101 5, RFC 9126 4). An error is a PageFault. It tells an unknown client from a known one:
// an id is no secret (RFC 6749 2.2), and who has one finds out anyway by a redirect URI.
func (p *Provider) asking(ctx context.Context, q params) (*client, error) {
	if name, ok := q.anyRepeated("client_id", "request", "request_uri"); ok {
		return nil, requestFault(sentTwice(name))
	}
	id := q.get("client_id")
	c, err := p.client(ctx, id)
	_, unusable := errors.AsType[config.Faults](err)
	switch {
	case id == "":
		return nil, requestFault(mistaken("It does not say which application it is from (client_id).", errors.New("no client_id")))
	case errors.Is(err, store.ErrNotFound):
		return nil, requestFault(mistaken("The application that it names isn't known here (client_id).", fmt.Errorf("unknown client %.100q", id)))
	case unusable:
		return nil, requestFault(mistaken("The application that it names can't be used here at the moment (client_id).", fmt.Errorf("client %.100q: %w", id, err)))
	case err != nil:
		return nil, hostFault(fmt.Errorf("find client %.100q: %w", id, err))
	}
	return c, nil
}

// prove checks that the redirect URI is one of the client's. Until then no fault may go
// anywhere but to a page (RFC 6749 4.1.2.1).
func prove(c *client, request request) (*authorization, error) {
	if request.repeated("redirect_uri") {
		return nil, sentTwice("redirect_uri")
	}
	uri := request.get("redirect_uri")
	switch {
	case uri == "":
		return nil, mistaken("The address to send you back to is missing (redirect_uri).", fmt.Errorf("no redirect URI of client %q", c.ID))
	case !c.mayRedirectTo(uri):
		return nil, mistaken("The address to send you back to isn't registered for this application (redirect_uri).",
			fmt.Errorf("redirect URI %.200q is not registered for client %q", uri, c.ID))
	}
	return &authorization{request: request, client: c, to: recipient{URI: uri, Mode: modeQuery}}, nil
}

// refuseUnread answers a request whose parameters can't be had. The client is told where
// a parameter beside it names one of its own redirect URIs; what else stands there does
// not count. Everybody else sees a page.
func (p *Provider) refuseUnread(w http.ResponseWriter, r *http.Request, c *client, q params, cause error) error {
	if page, ok := errors.AsType[*PageFault](cause); ok {
		return page
	}
	fault, ok := errors.AsType[*Error](cause)
	if !ok {
		return requestFault(cause)
	}
	a, err := prove(c, request{params: q})
	if err != nil {
		return requestFault(errors.Join(cause, err))
	}
	// What is wrong with these two does not matter any more.
	_, _ = checkState(a), checkResponseMode(a)
	return p.refuse(w, r, a, fault)
}

// refuse sends the client an error.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, a *authorization, fault *Error) error {
	p.logFault(r, fault.status, fault)
	resp, err := p.failure(r.Context(), a.client, a.to, fault)
	if err != nil {
		return hostFault(err)
	}
	return p.Pages.Respond(w, r, resp)
}

// loginRequest is what the request comes to for whoever runs journeys.
func (p *Provider) loginRequest(a *authorization) (login.Request, error) {
	resume, err := json.Marshal(pending{
		To: a.to, Nonce: a.get("nonce"), Challenge: a.challenge, JKT: a.jkt, Device: a.device, Ticket: a.ticket,
		Subjects: a.subjects, Demand: a.acr.Demand, Wanted: a.wanted,
		Resources: a.resources, Details: a.details.raw, Tokens: a.tokensAsked(),
	})
	if err != nil {
		return login.Request{}, fmt.Errorf("keep authorization request: %w", err)
	}
	return login.Request{
		For:            LoginsFor,
		Journey:        p.journeyFor(a.client, a.acr.Values),
		Client:         a.client.called(a.to.URI),
		About:          a.client.about(a.to.URI),
		Request:        a.stepRequest(),
		RawACR:         a.acr.Raw,
		Interactive:    !slices.Contains(a.prompt, promptNone),
		IgnoreEvidence: a.ignoresEvidence(),
		MaxAge:         a.maxAgeDuration(),
		Accepts:        p.accepts(a),
		RedirectOrigin: origin(a.to.URI),
		Resume:         resume,
	}, nil
}

// accepts says whose session counts; nil: anybody's (OpenID Connect Core 3.1.2.1).
func (p *Provider) accepts(a *authorization) func(userID string) bool {
	if len(a.subjects) == 0 {
		return nil
	}
	return func(userID string) bool { return p.acceptsAny(a.client, a.subjects, userID) }
}

// stepRequest is what steps may know of the request.
func (a *authorization) stepRequest() abi.Request {
	r := abi.Request{
		ClientID:     a.client.ID,
		ACRValues:    a.acr.Values,
		ACREssential: a.acr.Essential,
		Scope:        a.scope,
		Prompt:       a.prompt,
		MaxAge:       a.maxAge,
		UILocales:    spaced(a.get("ui_locales")),

		AuthorizationDetails: a.details.parsed, Claims: a.wanted.beyond(a.scope),
	}
	if hint := a.get("login_hint"); hint != "" {
		r.LoginHint = &hint
	}
	return r
}

// ignoresEvidence says that earlier logins do not count. For select_account too:
// the user wants to say who they are, and a session would answer for them.
func (a *authorization) ignoresEvidence() bool {
	return slices.Contains(a.prompt, promptLogin) ||
		slices.Contains(a.prompt, promptSelectAccount) ||
		a.maxAge != nil && *a.maxAge == 0
}

func (a *authorization) maxAgeDuration() *time.Duration {
	if a.maxAge == nil {
		return nil
	}
	return new(time.Duration(*a.maxAge) * time.Second)
}

// journeyFor chooses the journey: the first requested acr that has an entry, else
// the client's own, else the provider's. It is never named in a URL.
func (p *Provider) journeyFor(c *client, acrValues []string) string {
	table := p.byACR(c)
	for _, value := range acrValues {
		if name, ok := table[value]; ok {
			return name
		}
	}
	return cmp.Or(c.Journey, p.Journey)
}

// byACR is the table by which a client's journey is chosen: its own, or the provider's.
func (p *Provider) byACR(c *client) map[string]string {
	if c.JourneyByACR != nil {
		return c.JourneyByACR
	}
	return p.JourneyByACR
}
