package oidc

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/decrypt"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/outbound"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/ratelimit"
	"github.com/acrhost/acrhost/host/relying"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/host/token"
)

// Config is what a Provider needs.
type Config struct {
	// Issuer is the provider's URL, without a slash at the end.
	Issuer  string
	Clients []config.Client
	// Stored are the clients beside those; nil: there are none.
	Stored *relying.Book
	// Profile is config.FAPI2 when every client is held to it.
	Profile string
	// InsecureResponseTypes are those beside code; none: the code flow alone.
	InsecureResponseTypes []string
	// Registration says who may register; it needs Stored.
	Registration config.Registration
	// Consents is what users allowed clients; required.
	Consents consent.Ledger
	// MTLS is how clients show certificates; Certificates of package forwarded finds them.
	MTLS config.MTLS
	// Tokens are the lifetimes; zero means the default of package config.
	Tokens config.Tokens
	// Journey and JourneyByACR are for clients that name none of their own.
	Journey      string
	JourneyByACR map[string]string
	// AsksConsent says whether a journey can ask for consent; nil: none can.
	AsksConsent func(journey string) bool
	// Reach is which values each journey can end with, as far as it is known. Of a
	// journey that is not in it nothing is known.
	Reach map[string]journey.Reach
	// ACROrder are values, weakest first, for clients that have a minimum.
	ACROrder []string

	Keys      *token.Keys
	Artifacts store.Artifacts
	Grants    store.Grants
	Users     Users
	Audit     Audit
	Sessions  *session.Store
	Sealer    *store.Sealer // of forms, and of nonces
	// Decrypt opens encrypted request objects; nil: none is taken.
	Decrypt *decrypt.Keys
	// LongestSigned bounds how long tokens are good; 0: nothing does.
	LongestSigned time.Duration
	// PairwiseSalt is what pairwise subjects are made with: 32 bytes that never change.
	PairwiseSalt []byte
	Throttle     *throttle.Throttle // of guesses at the codes of devices
	// ClientFailuresPerMinute is how many requests from one address, in which no client
	// proves itself, are taken; 0: config's default.
	ClientFailuresPerMinute int
	// Fetch gets what clients publish: their keys and request objects. Default: with the
	// rules of package outbound.
	Fetch *clientkey.Fetcher
	// FetchForeign gets the same of clients that registered themselves: their addresses are
	// not the operator's choice. Default: from public addresses only.
	FetchForeign *clientkey.Fetcher
	Login        Login
	Pages        Pages

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default: nothing is logged
}

// LoginsFor is the name under which a Provider finishes the logins that it begins.
const LoginsFor = "oidc"

// Login runs journeys. It answers the request itself: with a prompt's page, or,
// when the journey is over at once, with what the Provider's Finish gave. An error
// means that it has written nothing.
type Login interface {
	Start(w http.ResponseWriter, r *http.Request, req login.Request) error
}

// Pages writes what a browser shows.
type Pages interface {
	// Fault says that a request can't go on.
	Fault(w http.ResponseWriter, r *http.Request, f page.Fault)
	// Logout asks whether to sign out, SignedOut says that it is done.
	Logout(w http.ResponseWriter, r *http.Request, l page.Logout)
	SignedOut(w http.ResponseWriter, r *http.Request, s page.SignedOut)
	CheckSession(w http.ResponseWriter, cookie string)
	// DeviceCode, DeviceConfirm and DeviceDone are where users let a device in.
	DeviceCode(w http.ResponseWriter, r *http.Request, d page.DeviceCode)
	DeviceConfirm(w http.ResponseWriter, r *http.Request, d page.DeviceConfirm)
	DeviceDone(w http.ResponseWriter, r *http.Request, approved bool)
	// Respond sends the browser to the client with an answer, in its mode.
	Respond(w http.ResponseWriter, r *http.Request, resp login.Response) error
}

// Users finds accounts.
type Users interface {
	User(ctx context.Context, id string) (store.User, error)
}

// Audit keeps events.
type Audit interface {
	AddEvent(ctx context.Context, e store.Event) error
}

// Provider is the OpenID Provider. It is safe for concurrent use.
type Provider struct {
	Config
	clients   map[string]*client // of the configuration
	memory    clientMemory       // of the others
	discovery document
	// unproven and registrations bound requests by address, guesses and sprayed those that
	// try a secret (guesses.go), shares and sharesInAll those of public clients (share.go).
	unproven, registrations, guesses, sprayed, shares, sharesInAll *ratelimit.Limiter
	checks                                                         []check
	sectors                                                        sectors
}

// New makes a Provider. The configuration was checked when it was read.
func New(c Config) *Provider {
	c.Tokens = withDefaults(c.Tokens)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.AsksConsent == nil {
		c.AsksConsent = func(string) bool { return false }
	}
	if c.Fetch == nil {
		c.Fetch = clientkey.NewFetcher(outbound.New(nil).Dial, nil)
	}
	if c.FetchForeign == nil {
		c.FetchForeign = clientkey.NewFetcher(outbound.New(nil).Only(""), nil)
	}
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	p := &Provider{Config: c, clients: make(map[string]*client, len(c.Clients))}
	for _, each := range c.Clients {
		c := newClient(each)
		c.keys = p.keysOf(c)
		p.clients[each.ID] = c
	}
	failures := cmp.Or(c.ClientFailuresPerMinute, 120)
	p.unproven, p.guesses, p.sprayed = perMinute(failures, c.Now), perMinute(failures, c.Now), perMinute(failures*sprays, c.Now)
	p.shares, p.sharesInAll = perMinute(failures, c.Now), perMinute(failures*sprays, c.Now)
	p.registrations = perMinute(cmp.Or(c.Registration.PerMinute, 10), c.Now)
	p.checks = p.authorizeChecks()
	return p
}

func withDefaults(t config.Tokens) config.Tokens {
	t.Code = cmp.Or(t.Code, time.Minute)
	t.Access = cmp.Or(t.Access, 5*time.Minute)
	t.ID = cmp.Or(t.ID, 5*time.Minute)
	t.Refresh = cmp.Or(t.Refresh, 30*24*time.Hour)
	return t
}

// audit keeps an event. One that can't be kept is logged and does not fail the
// request: what it tells of has happened already.
func (p *Provider) audit(ctx context.Context, e store.Event) {
	e.At = p.Now()
	if err := p.Audit.AddEvent(ctx, e); err != nil {
		p.Log.ErrorContext(ctx, "audit event not kept", "type", e.Type, "error", err)
	}
}
