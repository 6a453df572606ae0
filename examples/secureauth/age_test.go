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
			party, err := hosttest.NewParty(t.Context(), b.issuer, "static", "", "http://127.0.0.1:5555/callback")
			if err != nil {
				t.Fatal(err)
			}
			browser := b.browser(t)
			page := get(t, browser, party.Begin(nil).URL)
			for visits := 0; strings.HasPrefix(page.URL.String(), b.idp.Issuer) && visits < 5; visits++ {
				back, err := b.idp.Visit(page.URL.String())
				if err != nil {
					t.Fatal(err)
				}
				page = get(t, browser, back)
			}
			params := page.Params()
			if got := params.Get("code") != ""; got != obeys || strings.Join(prompts, " ") != " login" {
				t.Errorf("asked with prompts %q, the client got %v", prompts, params)
			}
		})
	}
}
