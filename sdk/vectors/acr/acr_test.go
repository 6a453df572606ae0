package acr_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/plugin"
)

// row is one vector.
type row struct {
	Name, Client, Session string
	Request               map[string]json.RawMessage
	Asks                  []string
	Expect                expect
}

type expect struct {
	Error    string   `json:"error,omitempty"`
	ACR      string   `json:"acr,omitempty"`
	AMR      []string `json:"amr,omitempty"`
	AuthTime string   `json:"auth_time,omitempty"`
}

func rows(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("requests.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Format string
		Rows   []row
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if file.Format != "acr-vectors/1" {
		t.Fatalf("format %q", file.Format)
	}
	return file.Rows
}

// TestRequests runs every row.
func TestRequests(t *testing.T) {
	s := newServer(t)
	hint := s.at("alice", "1.0").raw
	names := map[string]bool{}
	for _, r := range rows(t) {
		if names[r.Name] {
			t.Fatalf("%s comes twice", r.Name)
		}
		names[r.Name] = true
		t.Run(r.Name, func(t *testing.T) {
			s := *s
			s.T = t
			s.clock.advance(3 * time.Hour) // nothing of the row before counts, nor slows this one down
			s.run(r, hint)
		})
	}
	if len(names) < 120 {
		t.Errorf("%d rows", len(names))
	}
}

func (s *server) run(r row, hint string) {
	s.Helper()
	before := s.session(r.Session)
	extra := url.Values{}
	for name, value := range r.Request {
		text := string(value)
		if name != "claims" {
			_ = json.Unmarshal(value, &text)
		}
		extra.Set(name, text)
	}
	if r.Session == "other user" {
		extra.Set("id_token_hint", hint)
	}
	got := s.logIn(before.browser, r.Client, "alice", extra)
	if diff := cmp.Diff(r.Asks, got.asks); diff != "" && len(r.Asks)+len(got.asks) > 0 {
		s.Errorf("asks: %s", diff)
	}
	if diff := cmp.Diff(r.Expect, got.expect(s.clock.now(), before.at)); diff != "" {
		s.Errorf("answer: %s", diff)
	}
}

// clock is the server's clock.
type clock struct{ ahead atomic.Int64 }

var began = time.Now().Truncate(time.Second)

func (c *clock) now() time.Time          { return began.Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// server is acrhost with the configuration of this folder.
type server struct {
	*testing.T
	issuer string
	clock  *clock
	party  map[string]*hosttest.Party
}

func newServer(t *testing.T) *server {
	t.Helper()
	cfg, err := config.Load("config.toml")
	if err != nil {
		t.Fatal(err)
	}
	standard := cfg.Plugins["standard"]
	standard.Limits.Timeout = 30 * time.Second // the race detector is slow
	cfg.Plugins["standard"] = standard
	cfg.Store.SealKeyFile = filepath.Join(t.TempDir(), "seal.key")
	cfg.CacheDir = filepath.Join("..", "..", "..", ".cache", "acrhost")
	wasm, err := os.ReadFile(standard.Path)
	if err != nil {
		t.Fatalf("run make plugins first: %v", err)
	}
	s := &server{T: t, clock: &clock{}, party: map[string]*hosttest.Party{}}
	issuer, stop, err := hosttest.Serve(t.Context(), cfg, host.Options{StandardDigest: plugin.Digest(wasm), Now: s.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	s.issuer = issuer
	for _, c := range cfg.Clients {
		if s.party[c.ID], err = hosttest.NewParty(t.Context(), issuer, c.ID, "", "http://127.0.0.1:5555/callback"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// held is a browser with what it holds.
type held struct {
	browser *hosttest.Browser
	at      time.Time // of the login
	raw     string    // ID token
}

func (s *server) session(kind string) held {
	s.Helper()
	var h held
	switch kind {
	case "none":
		h = held{browser: s.browser()}
	case "weaker":
		h = s.at("alice", "1.0")
	case "equal":
		h = s.at("alice", "2.0")
	case "stronger":
		h = s.at("alice", "3.0")
	case "expired":
		h = s.at("alice", "3.0")
		s.clock.advance(2 * time.Hour)
	case "other user":
		h = s.at("bob", "3.0")
	default:
		s.Fatalf("unknown session %q", kind)
	}
	s.clock.advance(time.Minute)
	return h
}

func (s *server) browser() *hosttest.Browser {
	s.Helper()
	b, err := hosttest.NewBrowser(s.issuer)
	if err != nil {
		s.Fatal(err)
	}
	return b
}

// at is a browser in which a user has just reached a level.
func (s *server) at(user, level string) held {
	s.Helper()
	h := held{browser: s.browser(), at: s.clock.now()}
	got := s.logIn(h.browser, "advisory", user, url.Values{"acr_values": {level}})
	if got.tokens == nil || got.tokens.ID["acr"] != level {
		s.Fatalf("%s did not reach %s: %v", user, level, got.params)
	}
	h.raw, _ = got.tokens.OAuth.Extra("id_token").(string)
	return h
}

// outcome is how a request ended.
type outcome struct {
	asks   []string
	params url.Values
	tokens *hosttest.Tokens
}

// logIn makes a request and answers what is asked, until the client is answered.
func (s *server) logIn(b *hosttest.Browser, client, user string, extra url.Values) outcome {
	s.Helper()
	attempt := s.party[client].Begin(extra)
	page, err := b.Get(attempt.URL)
	var o outcome
	for range 6 {
		if err != nil {
			s.Fatal(err)
		}
		form, ok := page.Form()
		if !ok {
			return s.answered(o, client, attempt, page)
		}
		ask := whatFor(form, page)
		o.asks = append(o.asks, ask)
		page, err = b.Submit(page, s.reply(ask, user, form))
	}
	s.Fatalf("no end of questions: %v\n%s", o.asks, page.Text())
	return o
}

func whatFor(form *hosttest.Form, page *hosttest.Page) string {
	switch {
	case form.Has("password"):
		return "password"
	case form.Has("code") && strings.Contains(page.Text(), "e-mail"):
		return "email"
	case form.Has("code"):
		return "sms"
	}
	return "consent"
}

func (s *server) reply(ask, user string, form *hosttest.Form) map[string]string {
	s.Helper()
	switch ask {
	case "password":
		fields := map[string]string{"password": map[string]string{"alice": "correct horse battery staple", "bob": "winter tulips under glass"}[user]}
		if form.Has("username") {
			fields["username"] = user
		}
		return fields
	case "consent":
		return map[string]string{"_action": "allow"}
	}
	list, err := hosttest.Outbox(s.issuer)
	if err != nil {
		s.Fatal(err)
	}
	i := slices.IndexFunc(list, func(m hosttest.Message) bool { return m.Channel == ask })
	if i < 0 {
		s.Fatalf("no message by %s", ask)
	}
	return map[string]string{"code": regexp.MustCompile(`\d{6}`).FindString(list[i].Text)}
}

func (s *server) answered(o outcome, client string, attempt hosttest.Attempt, page *hosttest.Page) outcome {
	s.Helper()
	o.params = page.Params()
	if o.params.Get("state") != attempt.State || o.params.Get("iss") != s.issuer {
		s.Fatalf("no answer with state and iss: %s\n%s", page.URL, page.Text())
	}
	if o.params.Get("error") != "" {
		if o.params.Has("code") {
			s.Error("a code beside the error")
		}
		return o
	}
	tokens, err := s.party[client].Finish(s.Context(), attempt, o.params)
	if err != nil {
		s.Fatal(err)
	}
	o.tokens = tokens
	return o
}

// expect is the outcome as a row has it; ID token and access token must say the same.
func (o outcome) expect(now, session time.Time) expect {
	if o.tokens == nil {
		return expect{Error: o.params.Get("error")}
	}
	for _, name := range []string{"acr", "amr", "auth_time", "sub"} {
		if diff := cmp.Diff(o.tokens.ID[name], o.tokens.Access[name]); diff != "" {
			return expect{Error: name + " of ID token and access token differ: " + diff}
		}
	}
	e := expect{ACR: fmt.Sprint(o.tokens.ID["acr"])}
	amr, _ := o.tokens.ID["amr"].([]any)
	for _, v := range amr {
		e.AMR = append(e.AMR, fmt.Sprint(v))
	}
	at, _ := o.tokens.ID["auth_time"].(float64)
	switch int64(at) {
	case now.Unix():
		e.AuthTime = "now"
	case session.Unix():
		e.AuthTime = "session"
	default:
		e.AuthTime = time.Unix(int64(at), 0).UTC().String()
	}
	return e
}
