package host_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// posted is the JSON that an endpoint answers a form with.
func posted(t *testing.T, address string, form url.Values) (int, map[string]any) {
	t.Helper()
	res, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var m map[string]any
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, m
}

// TestDeviceInARealJourney: alice lets a television in at her browser, without scripts:
// the code from the link, the page that warns, and the bank's journey with its two factors.
func TestDeviceInARealJourney(t *testing.T) {
	cfg := hosttest.Load(t, "../config.toml")
	cfg.Clients = append(cfg.Clients, config.Client{ID: "tv", Name: "Living Room TV", GrantTypes: []string{deviceGrant}, Scopes: []string{"openid"}, Journey: "bank"})
	s := hosttest.OpenConfig(t, cfg)
	alice := s.Person(t, "alice")
	status, device := posted(t, s.Issuer+"/device_authorization", url.Values{"client_id": {"tv"}, "scope": {"openid"}, "acr_values": {"2.0"}})
	if status != http.StatusOK {
		t.Fatal(device)
	}
	page, err := alice.Browser.Get(device["verification_uri_complete"].(string))
	if err != nil {
		t.Fatal(err)
	}
	submit := func(fields map[string]string) {
		t.Helper()
		if page, err = alice.Browser.Submit(page, fields); err != nil {
			t.Fatal(err)
		}
	}
	submit(nil) // the code is filled in
	if page.TextOf("client") != "Living Room TV" || !strings.Contains(page.TextOf("warning"), "Only go on if you began this yourself") || page.TextOf("scopes") != "openid" {
		t.Fatal(page.Text())
	}
	submit(map[string]string{"_action": "approve"})
	submit(map[string]string{"_action": "password"})
	submit(map[string]string{"username": "alice", "password": alice.Password})
	poll := url.Values{"grant_type": {deviceGrant}, "device_code": {device["device_code"].(string)}, "client_id": {"tv"}}
	if _, got := posted(t, s.Issuer+"/token", poll); got["error"] != "authorization_pending" {
		t.Errorf("half-way: %v", got)
	}
	sent, err := hosttest.Outbox(s.Issuer)
	if err != nil || len(sent) == 0 {
		t.Fatal(sent, err)
	}
	submit(map[string]string{"code": digits(sent[0].Text)})
	if page.TextOf("done") == "" {
		t.Fatal(page.Text())
	}
	s.Clock.Advance(6 * time.Second)
	status, got := posted(t, s.Issuer+"/token", poll)
	if status != http.StatusOK || got["access_token"] == nil {
		t.Fatal(got)
	}
	status, info := posted(t, s.Issuer+"/userinfo", url.Values{"access_token": {got["access_token"].(string)}})
	if status != http.StatusOK || info["sub"] == nil {
		t.Error(info)
	}
}

// letIn lets a device in, as alice, by the link that it shows.
func letIn(t *testing.T, alice *hosttest.Person, link string) {
	t.Helper()
	page, err := alice.Browser.Get(link)
	for _, fields := range []map[string]string{
		nil, {"_action": "approve"}, {"_action": "password"}, {"username": alice.Name, "password": alice.Password}, {"code": ""},
	} {
		if _, asked := fields["code"]; asked && err == nil {
			sent, faulty := hosttest.Outbox(alice.Issuer)
			if faulty != nil || len(sent) == 0 {
				t.Fatal(sent, faulty)
			}
			fields["code"] = digits(sent[0].Text)
		}
		if err == nil {
			page, err = alice.Browser.Submit(page, fields)
		}
	}
	if err != nil || page.TextOf("done") == "" {
		t.Fatal(err, page)
	}
}

// digits are the six digits in a message.
func digits(text string) string {
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, ".,:"); len(word) == 6 && strings.Trim(word, "0123456789") == "" {
			return word
		}
	}
	return ""
}
