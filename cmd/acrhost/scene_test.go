package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/acrhost/acrhost/host/artifact/registrytest"
	"github.com/acrhost/acrhost/host/hosttest"
)

// scene is what one script works with: a server process, browsers, and the
// relying party that they come from.
type scene struct {
	issuer string
	env    *testscript.Env
	server *process
	output *lockedBuffer
	tabs   map[string]*tab
	tab    *tab
	kept   map[string]*hosttest.Page

	registry *registrytest.Registry
	receiver *receiver
}

// tab is one browser tab and the login that it is in.
type tab struct {
	browser *hosttest.Browser
	page    *hosttest.Page
	party   *hosttest.Party
	attempt hosttest.Attempt
	tokens  *hosttest.Tokens
}

type sceneKey struct{}

func newScene(issuer string, env *testscript.Env) *scene {
	return &scene{issuer: issuer, env: env, tabs: map[string]*tab{}, kept: map[string]*hosttest.Page{}, output: &lockedBuffer{}}
}

func sceneOf(ts *testscript.TestScript) *scene { return ts.Value(sceneKey{}).(*scene) }

// start runs acrhost serve with flags and waits until discovery answers.
func (s *scene) start(dir string, flags ...string) error {
	server, err := startServer(s.command(), dir, s.env.Vars, s.issuer, s.output, flags...)
	if err != nil {
		return err
	}
	s.server = server
	return nil
}

// command is the acrhost that testscript put on the path.
func (s *scene) command() string {
	path := s.env.Getenv("PATH")
	first, _, _ := strings.Cut(path, string(os.PathListSeparator))
	return filepath.Join(first, "acrhost")
}

func (s *scene) stop() error  { return s.end((*process).stop) }
func (s *scene) crash() error { return s.end((*process).crash) }

func (s *scene) end(how func(*process) error) error {
	if s.server == nil {
		return errors.New("no server is running")
	}
	server := s.server
	s.server = nil
	return how(server)
}

func (s *scene) close() {
	if s.server != nil {
		_ = s.crash()
	}
}

// openTab switches to a tab, and opens it first: with cookies of its own, or
// with those of another tab.
func (s *scene) openTab(name, of string) error {
	if t, ok := s.tabs[name]; ok {
		s.tab = t
		return nil
	}
	var browser *hosttest.Browser
	if of != "" {
		other, ok := s.tabs[of]
		if !ok {
			return fmt.Errorf("no tab %q", of)
		}
		browser = other.browser.Clone()
	} else {
		var err error
		if browser, err = hosttest.NewBrowser(s.issuer); err != nil {
			return err
		}
	}
	s.tab = &tab{browser: browser}
	s.tabs[name] = s.tab
	return nil
}

// begin sends the tab to the authorization endpoint as the client would.
func (s *scene) begin(client string, params map[string][]string) error {
	if s.tab == nil {
		if err := s.openTab("first", ""); err != nil {
			return err
		}
	}
	party, err := hosttest.NewParty(context.Background(), s.issuer, client, "", "http://127.0.0.1:5555/callback", "profile", "email")
	if err != nil {
		return err
	}
	s.tab.party, s.tab.tokens = party, nil
	s.tab.attempt = party.Begin(params)
	return s.show(s.tab.browser.Get(s.tab.attempt.URL))
}

func (s *scene) show(p *hosttest.Page, err error) error {
	if err != nil {
		return err
	}
	s.tab.page = p
	return nil
}

// finish exchanges what came to the redirect URI for tokens.
func (s *scene) finish() error {
	t := s.tab
	tokens, err := t.party.Finish(context.Background(), t.attempt, t.page.Params())
	if err != nil {
		return fmt.Errorf("%w\nat %s", err, t.page.URL)
	}
	t.tokens = tokens
	return nil
}
