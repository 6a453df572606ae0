package host_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/hosttest"
)

// oddState is 128 characters, some of which mean something in an address or a page.
var oddState = strings.Repeat(`a+b&c=d%41#/?"<'>~`, 8)[:128]

// request is an authorization request of the app; extra values replace its own.
func request(extra url.Values) url.Values {
	q := url.Values{
		"client_id": {"app"}, "redirect_uri": {"http://127.0.0.1:5555/callback"}, "response_type": {"code"}, "scope": {"openid"}, "state": {oddState},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	maps.Copy(q, extra)
	return q
}

// TestPromptNoneReturnsTheState: to the letter, with a code and with an error, by every
// way in and out.
func TestPromptNoneReturnsTheState(t *testing.T) {
	s := hosttest.Open(t, "testdata/clients.toml")
	alice, nobody := s.Person(t, "alice"), s.Person(t, "alice")
	if first := s.LogIn(t, alice, "app"); first.Tokens == nil {
		t.Fatal(first)
	}
	for name, ask := range map[string]func(*hosttest.Browser, url.Values) (*hosttest.Page, error){
		"GET": func(b *hosttest.Browser, q url.Values) (*hosttest.Page, error) {
			return b.Get(s.Issuer + "/authorize?" + q.Encode())
		},
		"POST": func(b *hosttest.Browser, q url.Values) (*hosttest.Page, error) {
			return b.Post(s.Issuer+"/authorize", q)
		},
	} {
		for _, mode := range []string{"query", "form_post"} {
			q := request(url.Values{"prompt": {"none"}, "response_mode": {mode}})
			if got := answered(t, alice.Browser, ask, q); !got.Has("code") || got.Get("state") != oddState {
				t.Errorf("%s, %s, signed in: %v", name, mode, got)
			}
			if got := answered(t, nobody.Browser, ask, q); got.Get("error") != "login_required" || got.Get("state") != oddState {
				t.Errorf("%s, %s, not signed in: %v", name, mode, got)
			}
		}
	}
}

// answered is what comes to the client; the page of form_post sends its form.
func answered(t *testing.T, b *hosttest.Browser, ask func(*hosttest.Browser, url.Values) (*hosttest.Page, error), q url.Values) url.Values {
	t.Helper()
	page, err := ask(b, q)
	if err == nil && page.Status == http.StatusOK {
		page, err = b.Submit(page, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return page.Params()
}

// TestMaxAgeOne: a login that is older than a second is made anew, and its time is later; a
// younger one is good.
func TestMaxAgeOne(t *testing.T) {
	s := hosttest.Open(t, "testdata/clients.toml")
	alice := s.Person(t, "alice")
	first := s.LogIn(t, alice, "app")
	s.Clock.Advance(2 * time.Second)
	second := s.LogIn(t, alice, "app", "max_age=1")
	third := s.LogIn(t, alice, "app", "max_age=1")
	if !slices.Equal(second.Asked, []string{"password"}) || len(third.Asked) != 0 {
		t.Errorf("asked for %v, then for %v", second.Asked, third.Asked)
	}
	when := func(a *hosttest.Answer) float64 { return a.Tokens.ID["auth_time"].(float64) }
	if got := when(second) - when(first); got != 2 || when(third) != when(second) {
		t.Errorf("auth_time is %v s later; then %v, %v", got, when(second), when(third))
	}
}
