package selfservice_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/selfservice"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// journeys ask one question, who is there and by what amr values, and believe the
// answer. One that lives on a session's evidence asks whether to go on.
type journeys struct {
	now     func() time.Time
	silent  bool // the user is signed in by nothing, and asked nothing
	mu      sync.Mutex
	started []journey.StartRequest
}

func (j *journeys) Start(_ context.Context, req journey.StartRequest) (*journey.Run, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.started = append(j.started, req)
	run := &journey.Run{
		ID: req.ID, Journey: req.Journey, Request: req.Request, Interactive: req.Interactive,
		StartedAt: j.now(), Deadline: j.now().Add(15 * time.Minute), Subject: req.Subject, Evid: req.Evidence,
	}
	switch {
	case j.silent:
		run.Subject, run.End = &abi.Subject{ID: "u_alice", Username: "alice"}, &journey.End{Terminal: journey.Success}
	case len(req.Evidence) > 0:
		run.Prompt = &abi.Prompt{Title: "Go on?", Fields: []abi.Field{{Name: "go", Type: abi.Text}}}
	default:
		run.Prompt = &abi.Prompt{Title: "Who are you?", Fields: []abi.Field{{Name: "username", Type: abi.Username}, {Name: "amr", Type: abi.Text}}}
	}
	return run, nil
}

func (j *journeys) Advance(_ context.Context, run *journey.Run, a *journey.Answer) error {
	run.Prompt, run.End = nil, &journey.End{Terminal: journey.Success}
	switch {
	case a.Form["go"] == "no" || a.Form["amr"] == "no":
		run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
	case a.Form["amr"] != "":
		run.Subject = &abi.Subject{ID: "u_" + a.Form["username"], Username: a.Form["username"]}
		for value := range strings.FieldsSeq(a.Form["amr"]) {
			run.Evid = append(run.Evid, journey.Evidence{Method: value, AMR: []string{value}, At: j.now()})
		}
	}
	return nil
}

func (*journeys) Title(*journey.Run) string { return "Sign in to Example Bank" }

// Subject finds a user as steps see them.
func (r *rig) Subject(ctx context.Context, id string) (*abi.Subject, error) {
	u, err := r.store.User(ctx, id)
	if err != nil || u.Disabled {
		return nil, store.ErrNotFound
	}
	return &abi.Subject{ID: u.ID, Username: u.Name}, nil
}

// Send sends nothing.
func (r *rig) Send(context.Context, deliver.Message) error { return nil }

// rig is the pages at /account with real logins, sessions and factors, on journeys that
// believe everything. alice has a password, an authenticator app and a phone; bob has a
// password.
type rig struct {
	*testing.T
	*clock
	store    *memory.Store
	journeys *journeys
	flow     *login.Flow
	url      string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, clock: &clock{t: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)}}
	r.store, r.journeys = memory.NewWithClock(r.now), &journeys{now: r.now}
	mux := chi.NewRouter()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.url = server.URL
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	r.ok(err)
	factors, err := factor.New(factor.Config{
		Users: r.store, Artifacts: r.store, Audit: r.store, Sealer: sealer, Name: "Example Bank", Now: r.now, Rule: factor.Rule{TrustFirst: true},
		Senders: map[string]deliver.Sender{deliver.SMS: r}, Passkeys: factor.Passkeys{Issuer: "https://id.example.com"},
	})
	r.ok(err)
	r.flow = &login.Flow{
		Journeys: r.journeys, Users: r, Store: r.store, Audit: r.store, Sealer: sealer, Factors: factors, Now: r.now,
		Throttle: throttle.New(throttle.Config{Artifacts: r.store, Sealer: sealer, Now: r.now}),
		Sessions: &session.Store{Artifacts: r.store, Now: r.now}, Pages: page.New(page.Config{}),
	}
	s := selfservice.New(selfservice.Config{
		Issuer: r.url, Name: "Example Provider", Journey: "bank", Offers: []string{"passkey", "totp", "email", "password"},
		Consents: consent.Ledger{Store: r.store, Now: r.now}, Client: r.client,
		Users: r.store, Factors: factors, Sessions: r.flow.Sessions, Login: r.flow, Pages: r.flow.Pages,
		Audit: r.store, Sealer: sealer, Now: r.now,
	})
	r.flow.Finishers = map[string]login.Finisher{selfservice.LoginsFor: s}
	r.flow.Routes(mux)
	s.Routes(mux)
	r.people()
	return r
}

func (r *rig) people() {
	r.Helper()
	for _, u := range []store.User{{ID: "u_alice", Name: "alice", Phone: "+15555550101"}, {ID: "u_bob", Name: "bob"}} {
		_, err := r.store.PutUser(r.Context(), u)
		r.ok(err)
	}
	for _, c := range []store.Credential{
		{ID: "password:u_alice", UserID: "u_alice", Kind: factor.Password},
		{ID: "totp:a", UserID: "u_alice", Kind: factor.TOTP, Label: "Phone"},
		{ID: "demo:u_alice", UserID: "u_alice", Kind: "demo"},
		{ID: "password:u_bob", UserID: "u_bob", Kind: factor.Password},
	} {
		c.CreatedAt = r.now()
		_, err := r.store.PutCredential(r.Context(), c)
		r.ok(err)
	}
}

// client knows one client.
func (r *rig) client(_ context.Context, id string) (config.Client, error) {
	if id != "shop" {
		return config.Client{}, store.ErrNotFound
	}
	return config.Client{
		ID: "shop", Name: "The <b>Shop</b>", PolicyURI: "https://shop.example.com/policy", InitiateLoginURI: "https://shop.example.com/login?a=1",
	}, nil
}

// allow is a consent of a user's, with a grant.
func (r *rig) allow(user, client string, scope ...string) {
	r.Helper()
	r.ok(r.store.AddConsent(r.Context(), store.Consent{UserID: user, ClientID: client, Scope: scope, GivenAt: r.now()}))
	r.ok(r.store.PutGrant(r.Context(), store.Grant{ID: user + " to " + client, UserID: user, ClientID: client, ExpiresAt: r.now().Add(time.Hour)}))
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) browser() *hosttest.Browser {
	r.Helper()
	b, err := hosttest.NewBrowser(r.url)
	r.ok(err)
	return b
}

func (r *rig) get(b *hosttest.Browser, path string) *hosttest.Page {
	r.Helper()
	p, err := b.Get(r.url + path)
	r.ok(err)
	return p
}

// answer tells the journey who is there.
func (r *rig) answer(b *hosttest.Browser, p *hosttest.Page, user, amr string) *hosttest.Page {
	r.Helper()
	r.see(p, http.StatusOK, "Who are you?")
	p, err := b.Submit(p, map[string]string{"username": user, "amr": amr})
	r.ok(err)
	return p
}

// signedIn is a browser in which somebody is signed in, and its page of the account.
func (r *rig) signedIn(user, amr string) (*hosttest.Browser, *hosttest.Page) {
	r.Helper()
	b := r.browser()
	return b, r.see(r.answer(b, r.get(b, "/account"), user, amr), http.StatusOK, "Where you are signed in")
}

func (r *rig) submit(b *hosttest.Browser, p *hosttest.Page, form string) *hosttest.Page {
	r.Helper()
	p, err := b.SubmitForm(p, form, nil)
	r.ok(err)
	return p
}

// post sends fields as a page of this origin does, and follows.
func (r *rig) post(b *hosttest.Browser, path string, fields url.Values, header ...string) *hosttest.Page {
	r.Helper()
	b = b.Clone()
	for i := 0; i < len(header); i += 2 {
		b.Header.Set(header[i], header[i+1])
	}
	p, err := b.Post(r.url+path, fields)
	r.ok(err)
	return p
}

func (r *rig) see(p *hosttest.Page, status int, text string) *hosttest.Page {
	r.Helper()
	if p.Status != status || !strings.Contains(p.Text(), text) {
		r.Fatalf("%s is %d, not %d with %q:\n%s", p.URL, p.Status, status, text, p.Text())
	}
	return p
}

// token is that of the page's forms.
func (r *rig) token(p *hosttest.Page) string {
	r.Helper()
	f, ok := p.Form()
	if !ok {
		r.Fatalf("%s has no form", p.URL)
	}
	return f.Values.Get(page.TokenField)
}

// state is all that the account pages may change: alice's and bob's credentials,
// addresses and sessions.
func (r *rig) state() string {
	r.Helper()
	var b strings.Builder
	for _, id := range []string{"u_alice", "u_bob"} {
		u, err := r.store.User(r.Context(), id)
		r.ok(err)
		all, err := r.store.Credentials(r.Context(), id)
		r.ok(err)
		sessions, err := r.store.Group(r.Context(), store.Session, store.SessionsOf(id), 100)
		r.ok(err)
		b.WriteString(id + " " + u.Phone)
		consents, err := r.store.ConsentsOf(r.Context(), id)
		r.ok(err)
		for _, c := range consents {
			b.WriteString(" may " + c.ClientID)
		}
		for _, c := range all {
			b.WriteString(" " + c.ID + "=" + c.Label)
		}
		for _, s := range sessions {
			b.WriteString(" " + s.ID)
		}
	}
	return b.String()
}

// unchanged wants the state to be what it was.
func (r *rig) unchanged(before, after string) {
	r.Helper()
	if now := r.state(); now != before {
		r.Errorf("%s: something changed:\n%s\n%s", after, before, now)
	}
}

// changes are all forms of the account pages, as alice could send them.
func changes(token string) map[string]url.Values {
	all := map[string]url.Values{
		"/account/add": {"factor": {"passkey"}}, "/account/rename": {"item": {"totp:a"}, "name": {"Mine"}},
		"/account/remove": {"item": {"totp:a"}}, "/account/sessions/end": {"session": {"x"}},
		"/account/sessions/end-others": {}, "/account/sign-out": {}, "/account/clients/revoke": {"client": {"shop"}},
	}
	for _, fields := range all {
		if token != "" {
			fields.Set(page.TokenField, token)
		}
	}
	return all
}

func (r *rig) events() []string {
	r.Helper()
	all, err := r.store.Events(r.Context(), 100)
	r.ok(err)
	var names []string
	for _, e := range slices.Backward(all) {
		names = append(names, e.Type+" "+e.UserID)
	}
	return names
}

func cookie(b *hosttest.Browser, name string) string {
	for _, c := range b.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// with is a copy of fields with one changed.
func with(fields url.Values, name, value string) url.Values {
	all := maps.Clone(fields)
	all.Set(name, value)
	return all
}
