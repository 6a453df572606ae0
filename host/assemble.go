package host

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/breached"
	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/demo"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/metrics"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/ratelimit"
	"github.com/acrhost/acrhost/host/selfservice"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/host/token"
)

// parts are what the provider is put together from.
type parts struct {
	cfg     *config.Config
	log     *slog.Logger
	now     func() time.Time
	metrics *metrics.Metrics
	store   store.Store
	sealer  *store.Sealer
	keys    *token.Keys
	salt    []byte // of pairwise subjects
	plugins []*loadedPlugin
	catalog catalog

	failures *failures // nil: nobody develops
}

// assemble builds the release and the handler of a configuration: every package
// gets what it consumes, here and nowhere else. Logins run on what on holds.
func (p parts) assemble(ctx context.Context, on *releases) (*running, *oidc.Provider, http.Handler, error) {
	users, err := p.users(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	offers := p.offers()
	release, err := p.release(users, selfservice.Journeys(offers))
	if err != nil {
		return nil, nil, nil, err
	}
	pages := page.New(page.Config{RequestID: requestID, Log: p.log, Development: p.failures != nil})
	flow := p.flow(on, users, pages)
	provider := p.provider(users, flow, pages)
	flow.Finishers = map[string]login.Finisher{oidc.LoginsFor: provider}
	r := p.routes(pages, flow, provider)
	if p.cfg.Account.Journey != "" {
		p.account(r, users, pages, flow, offers)
	}
	if p.cfg.Demo.Enabled {
		err = p.demo(r, pages, provider)
	}
	return release, provider, r, err
}

// users is all that is kept of users: who they are, what they prove themselves with,
// and how often that was tried.
type users struct {
	accounts *account.Service
	factors  *factor.Service
	throttle *throttle.Throttle
}

func (p parts) users(ctx context.Context) (users, error) {
	accounts, err := p.accounts(ctx)
	if err != nil {
		return users{}, err
	}
	factors, err := p.factors()
	if err != nil {
		return users{}, err
	}
	return users{accounts: accounts, factors: factors, throttle: throttle.New(throttle.Config{
		Artifacts: p.store, Sealer: p.sealer, Now: p.now, Free: p.cfg.Throttle.FreeFailures, Longest: p.cfg.Throttle.LongestDelay,
	})}, nil
}

func (p parts) provider(u users, flow *login.Flow, pages *page.Pages) *oidc.Provider {
	return oidc.New(oidc.Config{
		Issuer:                  p.cfg.Issuer,
		Clients:                 p.cfg.Clients,
		Stored:                  p.book(),
		Profile:                 p.cfg.Profile,
		InsecureResponseTypes:   p.cfg.InsecureResponseTypes,
		Consents:                p.consents(),
		Registration:            p.cfg.Registration,
		Tokens:                  p.cfg.Tokens,
		Journey:                 p.cfg.Journey,
		JourneyByACR:            p.cfg.JourneyByACR,
		Reach:                   reach(p.cfg, p.catalog),
		ACROrder:                p.cfg.ACR.Order,
		AsksConsent:             p.asksConsent,
		Keys:                    p.keys,
		Artifacts:               p.store,
		Grants:                  p.store,
		Users:                   u.accounts,
		ClientFailuresPerMinute: p.cfg.Throttle.ClientFailuresPerMinute,
		Throttle:                u.throttle,
		MTLS:                    p.cfg.MTLS,
		Sessions:                flow.Sessions,
		Sealer:                  p.sealer,
		PairwiseSalt:            p.salt,
		LongestSigned:           p.cfg.LongestSigned(),
		Decrypt:                 p.cfg.Keys.Decrypt,
		Audit:                   p.store,
		Login:                   flow,
		Pages:                   pages,
		Now:                     p.now,
		Log:                     p.log,
	})
}

// asksConsent says whether a journey, or one within it, has a step that can take the
// user's consent.
func (p parts) asksConsent(name string) bool {
	seen := map[string]bool{}
	var asks func(name string) bool
	asks = func(name string) bool {
		definition := p.cfg.Journeys[name]
		if definition == nil || seen[name] {
			return false
		}
		seen[name] = true
		for _, s := range definition.Steps {
			if s.Journey != "" && asks(s.Journey) || slices.Contains(p.catalog[s.Use].Capabilities, capability.ConsentGive) {
				return true
			}
		}
		return false
	}
	return asks(name)
}

// accounts opens the accounts, with the demo's users when it is on.
func (p parts) accounts(ctx context.Context) (*account.Service, error) {
	accounts, err := newAccounts(p.cfg, p.store, p.sealer, p.now)
	if err != nil || !p.cfg.Demo.Enabled {
		return accounts, err
	}
	users := make([]account.DemoUser, 0, len(p.cfg.Demo.Users))
	for _, u := range p.cfg.Demo.Users {
		users = append(users, account.DemoUser{Name: u.Name, Password: u.Password.Reveal(), Email: u.Email, Phone: u.Phone, Claims: u.Claims})
	}
	if err := accounts.EnsureDemo(ctx, users); err != nil {
		return nil, fmt.Errorf("make the demo's users: %w", err)
	}
	return accounts, nil
}

func newAccounts(cfg *config.Config, s store.Store, sealer *store.Sealer, now func() time.Time) (*account.Service, error) {
	p := cfg.Passwords
	c := account.Config{
		Users: s, Audit: s, Sealer: sealer,
		SignOut: func(ctx context.Context, userID string) error {
			_, err := (&session.Store{Artifacts: s, Now: now}).Distrust(ctx, userID, "", "")
			return err
		},
		Parallel: p.Parallel, Now: now,
		Cost: passhash.Cost{MemoryKiB: p.MemoryKiB, Iterations: p.Iterations},
	}
	if p.BreachedFile != "" {
		list, err := breached.Open(p.BreachedFile)
		if err != nil {
			return nil, fmt.Errorf("open the list of breached passwords: %w", err)
		}
		c.Breached = list
	}
	accounts, err := account.New(c)
	if err != nil {
		return nil, fmt.Errorf("open the accounts: %w", err)
	}
	return accounts, nil
}

// factors opens what users prove themselves with beside the password.
func (p parts) factors() (*factor.Service, error) {
	senders, err := deliver.All(p.cfg.Messages, p.store, p.now)
	if err != nil {
		return nil, err
	}
	f := p.cfg.Factors
	return factor.New(factor.Config{
		Users: p.store, Artifacts: p.store, Audit: p.store, Sealer: p.sealer, Senders: senders, Name: f.Name,
		Passkeys: factor.Passkeys{
			Issuer: p.cfg.Issuer, RPID: f.Passkey.RPID, Origins: f.Passkey.Origins,
			ResidentKey: f.Passkey.ResidentKey, Attestation: f.Passkey.Attestation, Makers: f.Passkey.Makers,
		},
		Rule: factor.Rule{Requires: f.Requires, MaxAge: f.MaxAge, TrustFirst: f.TrustFirst},
		Now:  p.now, Log: p.log,
	})
}

// release makes the release that this configuration describes, with an engine
// whose steps are the loaded plugins.
func (p parts) release(u users, own map[string]*journey.Definition) (*running, error) {
	// No name of the operator's is one of the host's: those have a slash.
	journeys := maps.Clone(p.cfg.Journeys)
	maps.Copy(journeys, own)
	release, err := journey.NewRelease(journeys, p.catalog)
	if err != nil {
		return nil, fmt.Errorf("make the release: %w", err)
	}
	providers, err := p.providers()
	if err != nil {
		return nil, err
	}
	capabilities := capability.New(capability.Config{
		Upstream: capability.Upstream{Providers: providers, Waiting: p.waiting()},
		Accounts: u.accounts, Factors: u.factors, Throttle: u.throttle, Artifacts: p.store, Audit: p.store,
		Senders: u.factors.Senders, Now: p.now, Log: p.log, Consents: p.consents().Given,
		SignOut: func(ctx context.Context, userID, run string) error {
			_, err := (&session.Store{Artifacts: p.store, Now: p.now}).Distrust(ctx, userID, "", run)
			return err
		},
	})
	next := &running{
		release: release,
		engine: &journey.Engine{
			Steps: &steps{
				catalog: p.catalog, capabilities: capabilities, metrics: p.metrics, log: p.log,
				believed: believedOf(p.cfg), failures: p.failures,
			},
			Now:    p.now,
			Levels: levelsOf(p.cfg),
		},
		titles:  make(map[string]string, len(journeys)),
		plugins: p.plugins,
	}
	for name, definition := range journeys {
		next.titles[name] = definition.Title
		next.lasts = max(next.lasts, cmp.Or(definition.Timeout, journey.DefaultTimeout)+login.GraceTime)
	}
	return next, nil
}

func (p parts) flow(on *releases, u users, pages *page.Pages) *login.Flow {
	secure := strings.HasPrefix(p.cfg.Issuer, "https://")
	var stateKey []byte
	if p.cfg.SessionManagement {
		stateKey = p.salt
	}
	return &login.Flow{
		Failed:   p.failures.shown(),
		Journeys: on,
		Users:    subjects{users: p.store, claims: u.accounts.Claims},
		Store:    p.store,
		Audit:    p.store,
		Sessions: &session.Store{Artifacts: p.store, TTL: p.cfg.Tokens.Session, Secure: secure, Now: p.now, Modules: p.store, StateKey: stateKey},
		Pages:    pages,
		Sealer:   p.sealer,
		Factors:  u.factors,
		Upstream: p.waiting(),
		Throttle: u.throttle,
		Begun:    ratelimit.New(p.cfg.Throttle.LoginsPerMinute, time.Minute/time.Duration(p.cfg.Throttle.LoginsPerMinute), p.now),
		Secure:   secure,
		Now:      p.now,
		Log:      p.log,
	}
}

// offers are the factors that the pages at /account can add; none without the pages.
func (p parts) offers() []string {
	if p.cfg.Account.Journey == "" {
		return nil
	}
	return selfservice.Offers(p.catalog)
}

// account adds the pages at /account, which begin and finish logins of their own.
func (p parts) account(r chi.Router, u users, pages *page.Pages, flow *login.Flow, offers []string) {
	s := selfservice.New(selfservice.Config{
		Issuer: p.cfg.Issuer, Name: p.cfg.Factors.Name, Journey: p.cfg.Account.Journey, Offers: offers,
		Consents: p.consents(), Client: p.book().Client,
		Users: u.accounts, Factors: u.factors, Sessions: flow.Sessions, Login: flow, Pages: pages,
		Audit: p.store, Sealer: p.sealer, Now: p.now, Log: p.log,
	})
	flow.Finishers[selfservice.LoginsFor] = s
	s.Routes(r)
}

// routes is everything that always answers, in one place.
func (p parts) routes(pages *page.Pages, flow *login.Flow, provider *oidc.Provider) *chi.Mux {
	r := router(p.log, p.cfg, func(w http.ResponseWriter, r *http.Request) {
		pages.Fault(w, r, page.Fault{Status: http.StatusInternalServerError, Title: "Something went wrong", Advice: "Please try again. The operator finds the cause in the log."})
	})
	if p.failures != nil {
		r.Use(ownMachine)
	}
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		pages.Fault(w, r, page.Fault{Status: http.StatusNotFound, Title: "Nothing is here", Advice: "Check the address, or go back to the application."})
	})
	index := func(w http.ResponseWriter, req *http.Request) {
		pages.Index(w, req, page.Index{Issuer: p.cfg.Issuer, Demo: p.cfg.Demo.Enabled, Account: p.cfg.Account.Journey != ""})
	}
	r.Get("/", index)
	r.Head("/", index) // who only looks whether somebody is there
	pages.Routes(r)
	flow.Routes(r)
	provider.Routes(r)
	return r
}

// demo adds the demo relying party, with a button for each client that comes
// back to it.
func (p parts) demo(r chi.Router, pages *page.Pages, provider *oidc.Provider) error {
	var clients []demo.Client
	for _, c := range p.cfg.Clients {
		if slices.Contains(c.RedirectURIs, p.cfg.Issuer+demo.CallbackPath) && c.Secret == "" {
			clients = append(clients, demo.Client{ID: c.ID, Title: p.titleFor(c)})
		}
	}
	d, err := demo.New(demo.Config{
		Issuer: p.cfg.Issuer, Clients: clients, Account: p.cfg.Account.Journey != "", Pages: pages, Outbox: p.store, Trails: provider, Now: p.now, Log: p.log,
	})
	if err != nil {
		return fmt.Errorf("open the demo: %w", err)
	}
	d.Routes(r)
	return nil
}

// titleFor is the title of the journey that a client begins, or its name.
func (p parts) titleFor(c config.Client) string {
	name := c.Journey
	if name == "" {
		name = p.cfg.Journey
	}
	if definition, ok := p.cfg.Journeys[name]; ok && definition.Title != "" {
		return definition.Title
	}
	return name
}
