package oidc_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/login"
)

// TestClaimsParameterACR: what a journey that ends with "2.0" is worth to each way of
// asking for an acr (OpenID Connect Core 5.5.1.1).
func TestClaimsParameterACR(t *testing.T) {
	for name, row := range map[string]struct {
		client, claims, acrValues string
		acr                       *string // with which the journey ends
		want                      string  // the error, empty for a code
		values                    []string
		essential                 bool
	}{
		"voluntary":                 {claims: `{"id_token":{"acr":null}}`, acr: new("2.0"), values: []string{}},
		"voluntary, none set":       {claims: `{"id_token":{"acr":null}}`, values: []string{}},
		"voluntary value, unmet":    {claims: `{"id_token":{"acr":{"value":"9"}}}`, acr: new("2.0"), values: []string{"9"}},
		"essential, any":            {claims: `{"id_token":{"acr":{"essential":true}}}`, acr: new("2.0"), values: []string{}, essential: true},
		"essential, any, none set":  {claims: `{"id_token":{"acr":{"essential":true}}}`, values: []string{}, essential: true, want: "unmet_authentication_requirements"},
		"essential value":           {claims: `{"id_token":{"acr":{"essential":true,"value":"2.0"}}}`, acr: new("2.0"), values: []string{"2.0"}, essential: true},
		"essential value, unmet":    {claims: `{"id_token":{"acr":{"essential":true,"value":"2.5"}}}`, acr: new("2.0"), values: []string{"2.5"}, essential: true, want: "unmet_authentication_requirements"},
		"essential values":          {claims: `{"id_token":{"acr":{"essential":true,"values":["2.5","2.0"]}}}`, acr: new("2.0"), values: []string{"2.5", "2.0"}, essential: true},
		"essential values, unmet":   {claims: `{"id_token":{"acr":{"essential":true,"values":["2.5","3"]}}}`, acr: new("2.0"), values: []string{"2.5", "3"}, essential: true, want: "unmet_authentication_requirements"},
		"essential, case differs":   {claims: `{"id_token":{"acr":{"essential":true,"value":"Gold"}}}`, acr: new("gold"), values: []string{"Gold"}, essential: true, want: "unmet_authentication_requirements"},
		"acr_values can't overrule": {claims: `{"id_token":{"acr":{"essential":true,"value":"2.5"}}}`, acrValues: "2.0", acr: new("2.0"), values: []string{"2.5"}, essential: true, want: "unmet_authentication_requirements"},
		"acr_values give the order": {claims: `{"id_token":{"acr":{"essential":true,"values":["2.5","2.0"]}}}`, acrValues: "2.0 9", acr: new("2.0"), values: []string{"2.0", "2.5"}, essential: true},
		"essential, any, acr_values are a wish": {
			claims: `{"id_token":{"acr":{"essential":true}}}`, acrValues: "9", acr: new("2.0"), values: []string{"9"}, essential: true,
		},
		"strict, essential, any": {
			client: "strict", claims: `{"id_token":{"acr":{"essential":true}}}`, acr: new("9"), values: []string{"2.0", "2.5"}, essential: true,
			want: "unmet_authentication_requirements",
		},
		"strict, voluntary value beats the default": {
			client: "strict", claims: `{"id_token":{"acr":{"value":"9"}}}`, acr: new("2.0"), values: []string{"9"}, want: "unmet_authentication_requirements",
		},
		"null value":         {claims: `{"id_token":{"acr":{"essential":true,"value":null}}}`, acr: new("2.0"), values: []string{}, essential: true},
		"of userinfo, unmet": {claims: `{"userinfo":{"acr":{"essential":true,"value":"9"}}}`, acr: new("2.0"), values: []string{"9"}, essential: true, want: "unmet_authentication_requirements"},
		"of userinfo, met":   {claims: `{"userinfo":{"acr":{"essential":true,"value":"2.0"}}}`, acr: new("2.0"), values: []string{"2.0"}, essential: true},
		"of userinfo, null":  {claims: `{"userinfo":{"acr":null}}`, acr: new("2.0"), values: []string{}},
		"of userinfo, any":   {claims: `{"userinfo":{"acr":{"essential":true}}}`, values: []string{}, essential: true, want: "unmet_authentication_requirements"},
		"of both: what is in both": {
			claims: `{"id_token":{"acr":{"essential":true,"values":["3","2.0","2.5"]}},"userinfo":{"acr":{"essential":true,"values":["2.5","9","3"]}}}`,
			acr:    new("2.0"), values: []string{"3", "2.5"}, essential: true, want: "unmet_authentication_requirements",
		},
		"of both, any in one": {
			claims: `{"id_token":{"acr":{"essential":true}},"userinfo":{"acr":{"essential":true,"value":"9"}}}`,
			acr:    new("2.0"), values: []string{"9"}, essential: true, want: "unmet_authentication_requirements",
		},
		"of both, the essential one counts": {
			claims: `{"id_token":{"acr":{"value":"2.0"}},"userinfo":{"acr":{"essential":true,"value":"9"}}}`,
			acr:    new("2.0"), values: []string{"9"}, essential: true, want: "unmet_authentication_requirements",
		},
		"of both, a wish beside": {
			claims: `{"id_token":{"acr":{"essential":true,"value":"2.0"}},"userinfo":{"acr":{"value":"9"}}}`,
			acr:    new("2.0"), values: []string{"2.0"}, essential: true,
		},
		"of both, wishes": {claims: `{"id_token":{"acr":null},"userinfo":{"acr":{"value":"9"}}}`, acr: new("2.0"), values: []string{"9"}},
		"unknown claims": {
			claims: `{"id_token":{"acr":{"essential":true,"value":"2.0"},"verified_claims":[{"verification":{}}],"x":7},"userinfo":{"verified_claims":[]}}`,
			acr:    new("2.0"), values: []string{"2.0"}, essential: true,
		},
		"unknown members":       {claims: `{"id_token":{"acr":{"essential":true,"value":"2.0","weight":3}},"verified":{}}`, acr: new("2.0"), values: []string{"2.0"}, essential: true},
		"allowed":               {client: "limited", acr: new("2.5"), values: []string{}},
		"outside what it may":   {client: "limited", acr: new("1.0"), values: []string{}, want: "unmet_authentication_requirements"},
		"allowed, but none set": {client: "limited", values: []string{}, want: "unmet_authentication_requirements"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if row.client == "" {
				row.client = "spa"
			}
			r.login.change = func(f *login.Finished) { f.Run.ACR = row.acr }
			extra := url.Values{}
			if row.claims != "" {
				extra.Set("claims", row.claims)
			}
			if row.acrValues != "" {
				extra.Set("acr_values", row.acrValues)
			}
			got := r.get("/authorize", good(row.client, extra)).sent(t)
			if got.Get("error") != row.want || got.Has("code") != (row.want == "") || got.Get("state") != "the state" || got.Get("iss") != r.server.URL {
				t.Errorf("got %v, want error %q with state and iss", got, row.want)
			}
			request := r.login.last(t).Request
			if diff := cmp.Diff(row.values, request.ACRValues); diff != "" {
				t.Error(diff)
			}
			if request.ACREssential != row.essential {
				t.Errorf("essential: %v", request.ACREssential)
			}
		})
	}
}

// TestClaimsParameterRefused: what can't be read is refused and never ignored.
func TestClaimsParameterRefused(t *testing.T) {
	for name, claims := range map[string]string{
		"no JSON":          `{"id_token"`,
		"a list":           `[]`,
		"acr is a text":    `{"id_token":{"acr":"2.5"}}`,
		"a number":         `{"id_token":{"acr":{"essential":true,"value":2.5}}}`,
		"values, a number": `{"id_token":{"acr":{"values":["2",2.5]}}}`,
		"values, a text":   `{"id_token":{"acr":{"values":"2.5"}}}`,
		"empty value":      `{"id_token":{"acr":{"value":""}}}`,
		"twice":            `{"id_token":{"acr":{"value":"1"},"acr":null}}`,
		"essential twice":  `{"id_token":{"acr":{"essential":true,"essential":false,"value":"9"}}}`,
		"a control":        `{"id_token":{"acr":{"value":"a\u0000"}}}`,
		"value and values": `{"id_token":{"acr":{"essential":true,"value":"9","values":["1.0"]}}}`,
		"no values":        `{"id_token":{"acr":{"essential":true,"values":[]}}}`,
		"none in both":     `{"id_token":{"acr":{"essential":true,"value":"1"}},"userinfo":{"acr":{"essential":true,"value":"2"}}}`,
		"of userinfo":      `{"userinfo":{"acr":{"value":2}}}`,
		"email is a text":  `{"userinfo":{"email":"x"}}`,
		"id_token, a list": `{"id_token":[]}`,
		"unknown twice":    `{"id_token":{"x":1,"x":2}}`,
		"sub is no text":   `{"id_token":{"sub":{"value":7}}}`,
		"sub of userinfo":  `{"userinfo":{"sub":{"value":7}}}`,
		"two subs":         `{"id_token":{"sub":{"value":"u-alice"}},"userinfo":{"sub":{"value":"u-bob"}}}`,
		"sub twice":        `{"id_token":{"sub":{"value":"u-alice","values":["u-alice"]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got := r.get("/authorize", good("spa", url.Values{"claims": {claims}})).sent(t)
			if got.Get("error") != "invalid_request" || got.Get("state") != "the state" {
				t.Errorf("got %v", got)
			}
			if r.login.count() != 0 {
				t.Error("a login was started")
			}
		})
	}
}

// TestClaimsParameterSubject: an answer for another user than the one that was asked
// for would be taken for theirs (OpenID Connect Core 3.1.2.2).
func TestClaimsParameterSubject(t *testing.T) {
	for claims, want := range map[string]string{
		`{"id_token":{"sub":{"value":"u-alice"}}}`:                                                                "",
		`{"id_token":{"sub":{"values":["u-bob","u-alice"]}}}`:                                                     "",
		`{"id_token":{"sub":null}}`:                                                                               "",
		`{"id_token":{"sub":{"essential":true}}}`:                                                                 "",
		`{"id_token":{"sub":{"value":"u-bob"}}}`:                                                                  "login_required",
		`{"id_token":{"sub":{"value":"u-bob"},"acr":null}}`:                                                       "login_required",
		`{"id_token":{"sub":{"values":["u-bob","u-mallory"]}}}`:                                                   "login_required",
		`{"userinfo":{"sub":{"value":"u-alice"}}}`:                                                                "",
		`{"userinfo":{"sub":{"value":"u-bob"}}}`:                                                                  "login_required",
		`{"id_token":{"sub":{"values":["u-alice","u-bob"]}},"userinfo":{"sub":{"values":["u-bob","u-mallory"]}}}`: "login_required",
		`{"id_token":{"sub":null},"userinfo":{"sub":{"value":"u-bob"}}}`:                                          "login_required",
	} {
		r := newRig(t)
		if got := r.get("/authorize", good("spa", url.Values{"claims": {claims}})).sent(t); got.Get("error") != want {
			t.Errorf("%s: got %v, want %q", claims, got, want)
		}
	}
}

// TestClaimsParameterClaims: a claim goes where it was asked for, if one of the
// client's scopes covers it; in the ID token after a refresh too.
func TestClaimsParameterClaims(t *testing.T) {
	r := newRig(t)
	extra := url.Values{
		"scope":  {"openid"},
		"claims": {`{"id_token":{"email":null,"customer_no":null},"userinfo":{"name":{"essential":true},"acr":null,"amr":null,"auth_time":null,"nickname":null,"address":null}}`},
	}
	tokens := r.tokens(extra)
	id := claims(t, tokens["id_token"])
	if id["email"] != "alice@example.com" || id["name"] != nil || id["customer_no"] != nil || id["sub"] != "u-alice" || id["acr"] != "2.0" {
		t.Errorf("ID token: %v", id)
	}
	info := r.userinfo(tokens["access_token"].(string)).json(t)
	want := map[string]any{
		"sub": "u-alice", "name": "Alice A", "acr": "2.0", "amr": []any{"pwd", "sms", "mfa"},
		"auth_time": float64(r.clock.now().Unix() - 60), "address": map[string]any{"locality": "Oslo", "country": "NO"},
	}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("userinfo: %s", diff)
	}
	again := r.post("/token", refresh(tokens["refresh_token"].(string), nil)).json(t)
	if id := claims(t, again["id_token"]); id["email"] != "alice@example.com" {
		t.Errorf("refreshed ID token: %v", id)
	}
}

// A client that may not have a scope does not get its claims by another door.
func TestClaimsOutsideTheScopes(t *testing.T) {
	r := newRig(t)
	code := r.code("short", url.Values{"claims": {`{"id_token":{"email":null,"name":null,"auth_time":null},"userinfo":{"email":null}}`}})
	tokens := r.post("/token", exchange(code, url.Values{"client_id": {"short"}})).json(t)
	if id := claims(t, tokens["id_token"]); id["email"] != nil || id["name"] != nil {
		t.Errorf("ID token: %v", id)
	}
	if info := r.userinfo(tokens["access_token"].(string)).json(t); info["email"] != nil {
		t.Errorf("userinfo: %v", info)
	}
}
