package acr_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
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
			s.clock.Advance(3 * time.Hour) // nothing of the row before counts, nor slows this one down
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
	if diff := cmp.Diff(r.Asks, got.Asked); diff != "" && len(r.Asks)+len(got.Asked) > 0 {
		s.Errorf("asks: %s", diff)
	}
	if diff := cmp.Diff(r.Expect, expectOf(got, s.clock.Now(), before.at)); diff != "" {
		s.Errorf("answer: %s", diff)
	}
}

// server is acrhost with the configuration of this folder.
type server struct {
	*testing.T
	issuer string
	clock  *hosttest.Clock
	party  map[string]*hosttest.Party
}

func newServer(t *testing.T) *server {
	t.Helper()
	cfg := hosttest.Load(t, "config.toml")
	s := &server{T: t, clock: hosttest.NewClock(), party: map[string]*hosttest.Party{}}
	s.issuer = hosttest.Run(t, cfg, s.clock)
	var err error
	for _, c := range cfg.Clients {
		if s.party[c.ID], err = hosttest.NewParty(t.Context(), s.issuer, c.ID, "", "http://127.0.0.1:5555/callback"); err != nil {
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
		s.clock.Advance(2 * time.Hour)
	case "other user":
		h = s.at("bob", "3.0")
	default:
		s.Fatalf("unknown session %q", kind)
	}
	s.clock.Advance(time.Minute)
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
	h := held{browser: s.browser(), at: s.clock.Now()}
	got := s.logIn(h.browser, "advisory", user, url.Values{"acr_values": {level}})
	if got.Tokens == nil || got.Tokens.ID["acr"] != level {
		s.Fatalf("%s did not reach %s: %v", user, level, got.Params)
	}
	h.raw, _ = got.Tokens.OAuth.Extra("id_token").(string)
	return h
}

// logIn makes a request and answers what is asked, until the client is answered.
func (s *server) logIn(b *hosttest.Browser, client, user string, extra url.Values) *hosttest.Answer {
	s.Helper()
	passwords := map[string]string{"alice": "correct horse battery staple", "bob": "winter tulips under glass"}
	person := hosttest.Person{Issuer: s.issuer, Browser: b, Name: user, Password: passwords[user]}
	got, err := person.LogIn(s.Context(), s.party[client], extra)
	if err != nil {
		s.Fatal(err)
	}
	return got
}

// expectOf is an answer as a row has it; ID token and access token must say the same.
func expectOf(o *hosttest.Answer, now, session time.Time) expect {
	if o.Tokens == nil {
		return expect{Error: o.Error()}
	}
	for _, name := range []string{"acr", "amr", "auth_time", "sub"} {
		if diff := cmp.Diff(o.Tokens.ID[name], o.Tokens.Access[name]); diff != "" {
			return expect{Error: name + " of ID token and access token differ: " + diff}
		}
	}
	e := expect{}
	if value, ok := o.Tokens.ID["acr"]; ok {
		e.ACR = fmt.Sprint(value)
	}
	amr, _ := o.Tokens.ID["amr"].([]any)
	for _, v := range amr {
		e.AMR = append(e.AMR, fmt.Sprint(v))
	}
	at, _ := o.Tokens.ID["auth_time"].(float64)
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
