package secureauth_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// TestLevelAsksTheProviderAnew: the provider remembers a login that is too old for the
// level. It is asked for a new one, and the journey goes on; one that does not sign the
// user in anew ends it.
func TestLevelAsksTheProviderAnew(t *testing.T) {
	for name, obeys := range map[string]bool{"it signs the user in anew": true, "attack: it says what it remembers": false} {
		t.Run(name, func(t *testing.T) {
			b := newBroker(t, func(c *config.Config) {
				c.ACR.Levels["urn:example:static"] = config.Level{Requires: [][]string{{"pwd"}}, MaxAge: 5 * time.Minute}
			})
			var prompts []string
			var answer func(url.Values)
			say := func(at time.Time) {
				b.idp.Say(hosttest.Says{ID: map[string]any{"auth_time": at.Unix()}, Answer: answer})
			}
			answer = func(url.Values) {
				prompt := b.idp.Asked().Get("prompt")
				prompts = append(prompts, prompt)
				if prompt == "login" && obeys {
					say(time.Now())
				}
			}
			say(time.Now().Add(-time.Hour))
			params := b.visit(t, nil)
			if got := params.Get("code") != ""; got != obeys || strings.Join(prompts, " ") != " login" {
				t.Errorf("asked with prompts %q, the client got %v", prompts, params)
			}
		})
	}
}

// TestRequestAsksTheProviderAnew: the client asks for a new login, or a young one. The
// provider is asked for it whatever the step asks there, and one that remembers an older
// login and says so all the same leads to no code.
func TestRequestAsksTheProviderAnew(t *testing.T) {
	for name, row := range map[string]struct {
		prompt  string // of the step
		request url.Values
		ago     time.Duration // how old the login is that the provider remembers
		obeys   bool          // it signs the user in anew under prompt=login
		prompts string        // what it is asked, in order
		code    bool
	}{
		"attack: prompt=login is left unread":      {"", url.Values{"prompt": {"login"}}, 5 * time.Hour, false, "login", false},
		"prompt=login, and the step's own":         {"select_account", url.Values{"prompt": {"login"}}, 5 * time.Hour, true, "login select_account", true},
		"attack: as before, and it is left unread": {"select_account", url.Values{"prompt": {"login"}}, 5 * time.Hour, false, "login select_account", false},
		"max_age=0, and the step's own":            {"consent", url.Values{"max_age": {"0"}}, 5 * time.Hour, true, "login consent", true},
		"max_age, young enough":                    {"", url.Values{"max_age": {"60"}}, 20 * time.Second, true, "", true},
		"max_age, less than a minute too old":      {"", url.Values{"max_age": {"60"}}, 90 * time.Second, true, ",login", true},
		"attack: too old, and it is left unread":   {"", url.Values{"max_age": {"60"}}, 90 * time.Second, false, ",login", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroker(t, func(c *config.Config) {
				if row.prompt != "" {
					c.Journeys["static"].Steps["corporate"].Config["prompt"] = row.prompt
				}
			})
			var prompts []string
			var answer func(url.Values)
			say := func(ago time.Duration) {
				b.idp.Say(hosttest.Says{ID: map[string]any{"auth_time": time.Now().Add(-ago).Unix()}, Answer: answer})
			}
			answer = func(url.Values) {
				prompt := b.idp.Asked().Get("prompt")
				if prompts = append(prompts, prompt); row.obeys && strings.Contains(prompt, "login") {
					say(0)
				}
			}
			say(row.ago)
			params := b.visit(t, row.request)
			if got := params.Get("code") != ""; got != row.code || strings.Join(prompts, ",") != row.prompts {
				t.Errorf("asked with prompts %q, the client got %v", prompts, params)
			}
		})
	}
}

// visit goes to the client static by way of the provider, as often as it is sent there, and
// gives what the client is answered.
func (b *broker) visit(t *testing.T, request url.Values) url.Values {
	t.Helper()
	party, err := hosttest.NewParty(t.Context(), b.issuer, "static", "", "http://127.0.0.1:5555/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser := b.browser(t)
	page := get(t, browser, party.Begin(request).URL)
	for visits := 0; strings.HasPrefix(page.URL.String(), b.idp.Issuer) && visits < 5; visits++ {
		back, err := b.idp.Visit(page.URL.String())
		if err != nil {
			t.Fatal(err)
		}
		page = get(t, browser, back)
	}
	return page.Params()
}
