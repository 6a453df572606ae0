package oidc_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/session"
)

// described is a discovery document, as a client reads it.
type described struct {
	*testing.T
	m      map[string]any
	router served
}

const opURI = "https://op.example.com"

// describe is the document of a provider at an https address, with all that is to be had.
func describe(t *testing.T, change ...func(*oidc.Config)) described {
	t.Helper()
	r := newRegistry(t)
	c := r.provider.Config
	c.Issuer = opURI
	c.Sessions = &session.Store{Artifacts: r.store, Now: r.clock.now, StateKey: []byte("a key of thirty-two bytes, really")}
	for _, f := range change {
		f(&c)
	}
	d := described{t, nil, newRouter(oidc.New(c))}
	a := d.get("/.well-known/openid-configuration")
	if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d, headers %v", a.Code, a.Header())
	}
	if err := json.Unmarshal(a.Body.Bytes(), &d.m); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d described) get(path string) *httptest.ResponseRecorder {
	d.Helper()
	w := httptest.NewRecorder()
	d.router.ServeHTTP(w, httptest.NewRequestWithContext(d.Context(), http.MethodGet, path, http.NoBody))
	return w
}

// secure: every address is one of https.
func (d described) secure() {
	d.Helper()
	for name, value := range d.m {
		if !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" && name != "check_session_iframe" {
			continue
		}
		text, _ := value.(string)
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
			d.Errorf("%s is %v", name, value)
		}
	}
}

// holds wants these members to be lists with these values.
func (d described) holds(want map[string][]string) {
	d.Helper()
	for name, values := range want {
		list, ok := d.m[name].([]any)
		if !ok {
			d.Errorf("%s is %v", name, d.m[name])
		}
		for _, value := range values {
			if !slices.Contains(list, any(value)) {
				d.Errorf("%s is %v, without %s", name, list, value)
			}
		}
	}
}

// says wants these members to be there: true, or a text when they are addresses.
func (d described) says(names ...string) {
	d.Helper()
	for _, name := range names {
		if text, _ := d.m[name].(string); d.m[name] != true && !strings.HasPrefix(text, opURI+"/") {
			d.Errorf("%s is %v", name, d.m[name])
		}
	}
}

// TestConformanceDiscovery states what the modules of all plans demand of discovery, by
// their names.
func TestConformanceDiscovery(t *testing.T) {
	for name, demand := range map[string]func(described){
		"oidcc-discovery-endpoint-verification": func(d described) {
			d.secure()
			d.says("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint", "jwks_uri", "claims_parameter_supported")
			d.holds(map[string][]string{
				"response_types_supported": {"code"}, "grant_types_supported": {"authorization_code"}, "response_modes_supported": {"query", "form_post"}, "subject_types_supported": {"public", "pairwise"},
				"id_token_signing_alg_values_supported": {"RS256"}, "userinfo_signing_alg_values_supported": {"RS256"}, "request_object_signing_alg_values_supported": {"RS256"},
				"scopes_supported": {"openid"}, "claims_supported": {"sub"}, "code_challenge_methods_supported": {"S256"},
			})
			for _, scope := range d.m["scopes_supported"].([]any) {
				if !regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]+$`).MatchString(scope.(string)) { // RFC 6749 3.3
					d.Errorf("the scope %q", scope)
				}
			}
			if d.m["issuer"] != opURI {
				d.Errorf("issuer %v", d.m["issuer"])
			}
			publicKeys(d.T, d.get("/jwks").Body.Bytes())
		},
		"oidcc-rp-initiated-logout-discovery-endpoint-verification": func(d described) {
			d.secure()
			d.says("end_session_endpoint")
		},
		"oidcc-backchannel-logout-discovery-endpoint-verification": func(d described) {
			d.secure()
			d.says("end_session_endpoint", "backchannel_logout_supported", "backchannel_logout_session_supported")
		},
		"oidcc-frontchannel-logout-discovery-endpoint-verification": func(d described) {
			d.secure()
			d.says("end_session_endpoint", "frontchannel_logout_supported", "frontchannel_logout_session_supported")
		},
		"oidcc-session-management-discovery-endpoint-verification": func(d described) {
			d.secure()
			d.says("end_session_endpoint", "check_session_iframe")
		},
	} {
		t.Run(name, func(t *testing.T) { demand(describe(t)) })
	}
	// The dynamic plan wants what OpenID Connect Core 15.2 has Dynamic OpenID Providers support
	// (OpenID Connect Discovery 1.0, 3): it is there once the operator has switched it on, and
	// lets clients register for it.
	t.Run("oidcc-discovery-endpoint-verification, of a dynamic provider", func(t *testing.T) {
		d := describe(t, func(c *oidc.Config) {
			c.InsecureResponseTypes = []string{"id_token", "id_token token"}
			c.Registration.GrantTypes = append(c.Registration.GrantTypes, "implicit")
			c.Registration.ResponseTypes = c.InsecureResponseTypes
		})
		d.secure()
		d.says("registration_endpoint")
		d.holds(map[string][]string{
			"response_types_supported": {"code", "id_token", "id_token token"}, "grant_types_supported": {"authorization_code", "implicit"}, "response_modes_supported": {"query", "fragment", "form_post"},
		})
	})
	// Of a provider that is held to the profile as a whole.
	t.Run("fapi2-security-profile-final-discovery-end-point-verification", func(t *testing.T) {
		d := describe(t, func(c *oidc.Config) { c.Profile = config.FAPI2 })
		d.secure()
		d.says("pushed_authorization_request_endpoint", "require_pushed_authorization_requests", "authorization_response_iss_parameter_supported", "authorization_endpoint", "token_endpoint", "jwks_uri")
		d.holds(map[string][]string{
			"response_types_supported": {"code"}, "response_modes_supported": {"jwt"}, "token_endpoint_auth_methods_supported": {"private_key_jwt"},
			"scopes_supported": {"openid"}, "subject_types_supported": {"public"}, "grant_types_supported": {"refresh_token"}, "code_challenge_methods_supported": {"S256"},
		})
		for name, not := range map[string][]any{
			"token_endpoint_auth_methods_supported": {"none", "client_secret_basic", "client_secret_post", "client_secret_jwt"}, "token_endpoint_auth_signing_alg_values_supported": {"RS256", "HS256", "none"},
			"id_token_signing_alg_values_supported": {"RS256"}, "dpop_signing_alg_values_supported": {"RS256"}, "request_object_signing_alg_values_supported": {"RS256", "none"},
			"authorization_signing_alg_values_supported": {"RS256"}, "userinfo_signing_alg_values_supported": {"RS256"}, "introspection_signing_alg_values_supported": {"RS256"},
			"response_types_supported": {"token", "id_token"}, "code_challenge_methods_supported": {"plain"},
		} {
			list, _ := d.m[name].([]any)
			if len(list) == 0 || slices.ContainsFunc(list, func(v any) bool { return slices.Contains(not, v) }) {
				t.Errorf("%s is %v", name, list)
			}
		}
	})
}

// publicKeys checks a key set: nothing secret, and each key with a name of its own.
func publicKeys(t *testing.T, text []byte) (names []string) {
	t.Helper()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Keys {
		for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
			if _, ok := key[secret]; ok {
				t.Errorf("a key has the member %s", secret)
			}
		}
		kid, _ := key["kid"].(string)
		if kid == "" || slices.Contains(names, kid) || key["use"] != "sig" || key["alg"] == nil || key["kty"] == "oct" {
			t.Errorf("key %v, beside %v", key, names)
		}
		names = append(names, kid)
	}
	return names
}
