package oidc_test

import (
	"net/url"
	"testing"
)

// TestDemandThatCantBeMet: where it is certain beforehand, nobody is asked for anything.
func TestDemandThatCantBeMet(t *testing.T) {
	essential := func(values string) url.Values {
		return url.Values{"claims": {`{"id_token":{"acr":{"essential":true` + values + `}}}`}}
	}
	for name, row := range map[string]struct {
		client string
		extra  url.Values
		vain   bool
	}{
		"nothing asked":                    {"closed", nil, false},
		"a wish that can't be":             {"closed", url.Values{"acr_values": {"3.0"}}, false},
		"essential, out of reach":          {"closed", essential(`,"value":"3.0"`), true},
		"essential, one of two in reach":   {"closed", essential(`,"values":["3.0","2.0"]`), false},
		"essential, any":                   {"closed", essential(``), false},
		"essential, silent":                {"closed", url.Values{"prompt": {"none"}, "claims": essential(`,"value":"3.0"`)["claims"]}, false},
		"voluntary":                        {"closed", url.Values{"claims": {`{"id_token":{"acr":{"value":"3.0"}}}`}}, false},
		"an object may be":                 {"objects", essential(`,"value":"{\"level\":3}"`), false},
		"no object":                        {"objects", essential(`,"value":"3.0"`), true},
		"anything may be":                  {"spa", essential(`,"value":"3.1"`), false},
		"a journey that nothing is of":     {"web", essential(`,"value":"3.1"`), false},
		"essential, any, of nothing":       {"nothing", essential(``), true},
		"a wish of nothing":                {"nothing", url.Values{"acr_values": {"3.0"}}, false},
		"strict, out of reach":             {"closed-strict", url.Values{"acr_values": {"2.5 9"}}, true},
		"strict, in reach":                 {"closed-strict", url.Values{"acr_values": {"2.5 2.0"}}, false},
		"allowed are none":                 {"closed-limited", nil, true},
		"minimum out of reach":             {"minimum-3", nil, true},
		"minimum in reach":                 {"minimum-2", nil, false},
		"essential in reach, and too weak": {"minimum-2", essential(`,"value":"1.0"`), true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got := r.get("/authorize", good(row.client, row.extra)).sent(t)
			unmet := got.Get("error") == "unmet_authentication_requirements"
			if (r.login.count() == 0) != row.vain || row.vain && !unmet {
				t.Errorf("logins begun: %d, answer %v", r.login.count(), got)
			}
			if got.Get("state") != "the state" || got.Get("iss") != r.server.URL {
				t.Errorf("state %q, iss %q", got.Get("state"), got.Get("iss"))
			}
		})
	}
}
