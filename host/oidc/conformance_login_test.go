package oidc_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/hosttest"
)

// visitor is a person who signs in at a client twice, at a real provider.
type visitor struct {
	*testing.T
	*hosttest.Person
	party *hosttest.Party
	clock *hosttest.Clock
	mode  string
	kind  string // the response type; empty: code
	hint  string // the ID token of the last login
}

// signsIn makes a request with these parameters; asks says whether the user has to sign in.
func (v *visitor) signsIn(asks bool, extra url.Values) map[string]any {
	v.Helper()
	a := v.request(extra)
	if (len(a.Asked) > 0) != asks || a.Tokens == nil {
		v.Fatalf("asked %v, answer %v", a.Asked, a.Params)
	}
	v.hint, _ = a.Tokens.OAuth.Extra("id_token").(string)
	return a.Tokens.ID
}

func (v *visitor) request(extra url.Values) *hosttest.Answer {
	v.Helper()
	if v.mode != "" {
		extra.Set("response_mode", v.mode)
	}
	if v.kind != "" {
		extra.Set("response_type", v.kind)
	}
	a, err := v.LogIn(v.Context(), v.party, extra)
	if err != nil {
		v.Fatal(err)
	}
	return a
}

// same: the second ID token is about the login of the first.
func (v *visitor) same(first, second map[string]any) {
	v.Helper()
	if first["sub"] != second["sub"] || first["auth_time"] == nil || first["auth_time"] != second["auth_time"] {
		v.Errorf("first %v, second %v", first, second)
	}
}

// later: the user signed in once more.
func (v *visitor) later(first, second map[string]any) {
	v.Helper()
	if before, after := first["auth_time"].(float64), second["auth_time"].(float64); after <= before || after != float64(v.clock.Now().Unix()) {
		v.Errorf("auth_time %v, then %v", before, after)
	}
}

// TestConformanceLogin states what those modules of the basic, the implicit and the form post
// plans demand that sign a user in, by their names.
func TestConformanceLogin(t *testing.T) {
	clock := hosttest.NewClock()
	issuer := hosttest.Run(t, hosttest.Load(t, "testdata/node/config.toml"), clock)
	party, err1 := hosttest.NewParty(t.Context(), issuer, "app", "", partyURI)
	asks, err2 := hosttest.NewParty(t.Context(), issuer, "asks", "", partyURI, "offline_access")
	front, err3 := hosttest.NewParty(t.Context(), issuer, "page", "", partyURI)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		kind, mode string
		party      *hosttest.Party
	}{{"", "", party}, {"", "form_post", party}, {"id_token", "", front}, {"id_token token", "", front}, {"id_token", "form_post", front}, {"id_token token", "form_post", front}} {
		for name, demand := range map[string]func(*visitor){
			"oidcc-prompt-login": func(v *visitor) {
				first := v.signsIn(true, url.Values{})
				v.clock.Advance(time.Second)
				v.later(first, v.signsIn(true, url.Values{"prompt": {"login"}}))
			},
			"oidcc-prompt-none-not-logged-in": func(v *visitor) {
				if a := v.request(url.Values{"prompt": {"none"}}); len(a.Asked) > 0 || a.Error() != "login_required" {
					v.Errorf("asked %v, answer %v", a.Asked, a.Params)
				}
			},
			"oidcc-prompt-none-logged-in": func(v *visitor) {
				first := v.signsIn(true, url.Values{})
				v.clock.Advance(time.Second)
				v.same(first, v.signsIn(false, url.Values{"prompt": {"none"}}))
			},
			"oidcc-max-age-1": func(v *visitor) {
				first := v.signsIn(true, url.Values{})
				v.clock.Advance(2 * time.Second)
				v.later(first, v.signsIn(true, url.Values{"max_age": {"1"}}))
			},
			"oidcc-max-age-10000": func(v *visitor) {
				first := v.signsIn(true, url.Values{"max_age": {"15000"}})
				v.clock.Advance(time.Second)
				v.same(first, v.signsIn(false, url.Values{"max_age": {"10000"}}))
			},
			"oidcc-id-token-hint": func(v *visitor) {
				first := v.signsIn(true, url.Values{})
				v.clock.Advance(time.Second)
				v.same(first, v.signsIn(false, url.Values{"prompt": {"none"}, "id_token_hint": {v.hint}}))
			},
			// A client that asks for offline_access has to ask for consent to it (OpenID Connect Core 11).
			"oidcc-refresh-token": func(v *visitor) {
				if v.kind != "" {
					return // no plan has it of tokens that come without a code
				}
				v.party = asks
				a := v.request(url.Values{"prompt": {"consent"}})
				if a.Tokens == nil || !slices.Contains(a.Asked, "consent") {
					v.Fatalf("asked %v, answer %v", a.Asked, a.Params)
				}
				v.clock.Advance(time.Second)
				again, err := v.party.Refresh(v.Context(), a.Tokens.OAuth.RefreshToken)
				if err != nil {
					v.Fatal(err)
				}
				v.same(a.Tokens.ID, again.ID)
				if again.ID["iat"] == a.Tokens.ID["iat"] {
					v.Errorf("made at %v both", again.ID["iat"])
				}
			},
		} {
			t.Run(strings.Join(strings.Fields(way.kind+" "+way.mode+" "+name), " "), func(t *testing.T) {
				demand(&visitor{T: t, Person: person(t, issuer), party: way.party, clock: clock, mode: way.mode, kind: way.kind})
			})
		}
	}
}

// fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds,
// at a real provider's pages: a messenger looks at the link, the user loads it twice and signs
// in, and then it is of no use to anybody.
func TestPushedRequestAtABrowser(t *testing.T) {
	issuer := hosttest.Run(t, hosttest.Load(t, "testdata/node/config.toml"), nil)
	resp, err := http.PostForm(issuer+"/par", good("app", url.Values{"redirect_uri": {partyURI}}))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var pushed struct {
		RequestURI string `json:"request_uri"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&pushed); err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	link := issuer + "/authorize?" + url.Values{"client_id": {"app"}, "request_uri": {pushed.RequestURI}}.Encode()
	messenger, user := person(t, issuer), person(t, issuer)
	preview, err1 := messenger.Browser.Get(link)
	first, err2 := user.Browser.Get(link)
	last, _, err3 := user.Visit(link)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if preview.Status != http.StatusOK || first.Status != http.StatusOK || last.Params().Get("code") == "" || last.Params().Get("state") != "the state" {
		t.Fatalf("pages %d and %d, answer %v", preview.Status, first.Status, last.Params())
	}
	again, err := user.Browser.Get(link)
	if err != nil || again.Status != http.StatusBadRequest {
		t.Errorf("%d, %v", again.Status, err)
	}
	// Who began before it was answered gets no second code of it.
	late, err := messenger.Browser.Submit(preview, map[string]string{"username": "alice", "password": messenger.Password})
	if err != nil || late.Params().Get("error") != "invalid_request_uri" || late.Params().Has("code") {
		t.Errorf("%v, %v", late, err)
	}
}
