package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// The paths of the demo. The callback is registered as the redirect URI of the
// demo's clients.
const (
	home     = "/demo"
	login    = "/demo/login"
	callback = "/demo/callback"
	logout   = "/demo/logout"
	outbox   = "/demo/outbox"
)

// CallbackPath is the path of the demo's redirect URI, after the issuer.
const CallbackPath = callback

// timeout bounds each request to the provider.
const timeout = 10 * time.Second

// Pages writes the demo's pages: demo from a View, outbox from an OutboxView.
type Pages interface {
	Render(w http.ResponseWriter, status int, name string, data any)
}

// Trails finds the acr trail of the run that a grant came from.
type Trails interface {
	Trail(ctx context.Context, grantID string) ([]journey.ACRSet, error)
}

// Client is one of the demo's clients. The client decides which journey runs, so
// there is one for each.
type Client struct {
	ID    string
	Title string // of its journey
}

// Config is what the demo is built from. All of it is required but HTTPClient and
// Log.
type Config struct {
	Issuer  string
	Clients []Client // in the order of the page
	Pages   Pages
	Account bool // there is an account page to point at
	Outbox  store.Outbox
	Trails  Trails
	// HTTPClient talks to the provider; nil: one with a time limit.
	HTTPClient *http.Client
	Now        func() time.Time
	Log        *slog.Logger // nil: nothing is logged
}

// Demo is the relying party. It is safe for concurrent use.
type Demo struct {
	Config
	host   string // of the issuer
	secure bool

	mu       sync.Mutex
	provider *oidc.Provider // nil until discovery succeeded
}

// New builds the demo. Nothing is asked of the provider yet: it may not run.
func New(c Config) (*Demo, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" {
		return nil, fmt.Errorf("demo: issuer %q is not a URL", c.Issuer)
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Timeout: timeout}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Demo{Config: c, host: issuer.Host, secure: issuer.Scheme == "https"}, nil
}

// Routes adds the demo's pages.
func (d *Demo) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(d.atIssuer)
		r.Get(home, d.showHome)
		r.Get(login, d.startLogin)
		r.Post(login, d.startLogin)
		r.Get(callback, d.finishLogin)
		r.Post(logout, d.forget)
		r.Get(outbox, d.showOutbox)
	})
}

// atIssuer sends a browser that came by another name, such as 127.0.0.1 for
// localhost, to the issuer's: cookies of one do not count at the other. It also
// keeps the outbox from a site whose name was pointed at this machine.
func (d *Demo) atIssuer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Host, d.host) {
			next.ServeHTTP(w, r)
			return
		}
		target := home
		if r.Method == http.MethodGet {
			target = r.URL.RequestURI()
		}
		http.Redirect(w, r, d.Issuer+target, http.StatusSeeOther)
	})
}

// client finds one of the demo's clients.
func (d *Demo) client(id string) (Client, bool) {
	for _, c := range d.Clients {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}
