package selfservice

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/consent"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// LoginsFor is the name under which a Service finishes the logins that it begins.
const LoginsFor = "account"

// Path is where the pages are, after the issuer.
const Path = "/account"

// Config is what a Service is built from. All of it is required but Offers and Log.
type Config struct {
	Issuer  string
	Name    string   // of the provider, as users know it
	Journey string   // how users sign in here
	Offers  []string // what the host's own journeys can add, as Offers says

	Users    Users
	Consents consent.Ledger // what users allowed clients
	// Client is a client by id, or store.ErrNotFound.
	Client   func(ctx context.Context, id string) (config.Client, error)
	Factors  *factor.Service
	Sessions *session.Store
	Login    *login.Flow
	Pages    *page.Pages
	Audit    store.Audit
	Sealer   *store.Sealer
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// Users finds accounts.
type Users interface {
	User(ctx context.Context, id string) (store.User, error)
}

// Service answers at /account. It is safe for concurrent use.
type Service struct{ Config }

// New builds a Service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// The paths of the pages, and those that forms are sent to.
const (
	backPath      = Path + "/back"
	signedOutPath = Path + "/signed-out"
	addPath       = Path + "/add"
	renamePath    = Path + "/rename"
	removePath    = Path + "/remove"
	endPath       = Path + "/sessions/end"
	endOthersPath = Path + "/sessions/end-others"
	signOutPath   = Path + "/sign-out"
	revokePath    = Path + "/clients/revoke"
)

// Routes adds the pages.
func (s *Service) Routes(r chi.Router) {
	r.Get(Path, s.page(s.home))
	r.Get(backPath, s.page(s.back))
	r.Get(signedOutPath, s.page(s.signedOut))
	r.Get(renamePath, s.page(s.askRename))
	r.Get(removePath, s.page(s.askRemove))
	r.Post(addPath, s.page(s.posted(s.add)))
	r.Post(renamePath, s.page(s.change(s.rename)))
	r.Post(removePath, s.page(s.change(s.remove)))
	r.Post(endPath, s.page(s.posted(s.end)))
	r.Post(endOthersPath, s.page(s.posted(s.endOthers)))
	r.Post(revokePath, s.page(s.posted(s.revoke)))
	r.Post(signOutPath, s.page(s.posted(s.signOut)))
}

// page makes the faults of a handler pages. A handler that returns an error has
// written nothing.
func (s *Service) page(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if location, ok := s.elsewhere(r); ok {
			seeOther(w, location)
			return
		}
		if err := h(w, r); err != nil {
			s.showFault(w, r, err)
		}
	}
}

// seeOther is always a 303, so that what was posted here is not posted there.
func seeOther(w http.ResponseWriter, location string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
}

// audit keeps an event about a user. A log that can't be written to is reported, and
// undoes nothing.
func (s *Service) audit(ctx context.Context, e store.Event) {
	e.At = s.Now().UTC()
	if err := s.Audit.AddEvent(ctx, e); err != nil {
		s.Log.ErrorContext(ctx, "audit event lost", "event", e.Type, "error", err)
	}
}
