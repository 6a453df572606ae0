package hosttest

import (
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

// Site is a configuration that is served for a test, with a clock that the test moves
// and a relying party for each client. What can't be done fails the test.
type Site struct {
	Issuer  string
	Clock   *Clock
	config  *config.Config
	parties map[string]*Party
}

// Open loads a configuration file and serves it.
func Open(t testing.TB, path string) *Site {
	t.Helper()
	return OpenConfig(t, Load(t, path))
}

// OpenConfig serves what Load gave, and the test may have changed. Each client needs
// a redirect URI at 127.0.0.1.
func OpenConfig(t testing.TB, cfg *config.Config) *Site {
	t.Helper()
	s := &Site{Clock: NewClock(), config: cfg, parties: map[string]*Party{}}
	s.Issuer = Run(t, cfg, s.Clock)
	for _, c := range cfg.Clients {
		for _, uri := range c.RedirectURIs {
			if !strings.HasPrefix(uri, "http://127.0.0.1:") {
				continue
			}
			party, err := NewParty(t.Context(), s.Issuer, c.ID, c.Secret.Reveal(), uri)
			if err != nil {
				t.Fatal(err)
			}
			s.parties[c.ID] = party
		}
	}
	return s
}

// Party is the relying party of a client.
func (s *Site) Party(t testing.TB, client string) *Party {
	t.Helper()
	p := s.parties[client]
	if p == nil {
		t.Fatalf("client %q has no redirect URI at 127.0.0.1", client)
	}
	return p
}

// Person is a demo user at a browser of their own.
func (s *Site) Person(t testing.TB, name string) *Person {
	t.Helper()
	for _, u := range s.config.Demo.Users {
		if u.Name != name {
			continue
		}
		p, err := NewPerson(s.Issuer, name, u.Password.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		p.Now = s.Clock.Now
		return p
	}
	t.Fatalf("there is no demo user %q", name)
	return nil
}

// LogIn is a login of a person at a client, with these parameters, as in
// "acr_values=2.0", added to the request.
func (s *Site) LogIn(t testing.TB, p *Person, client string, parameters ...string) *Answer {
	t.Helper()
	extra := url.Values{}
	for _, parameter := range parameters {
		name, value, _ := strings.Cut(parameter, "=")
		extra.Set(name, value)
	}
	a, err := p.LogIn(t.Context(), s.Party(t, client), extra)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Refresh uses the refresh token of tokens.
func (s *Site) Refresh(t testing.TB, client string, tokens *Tokens) *Tokens {
	t.Helper()
	again, err := s.Party(t, client).Refresh(t.Context(), tokens.OAuth.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	return again
}
