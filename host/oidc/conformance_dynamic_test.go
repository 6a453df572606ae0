package oidc_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/token"
)

// joined is a client of the conformance suite that has registered itself, with a key.
type joined struct {
	*tried
	client registered
	said   map[string]any // by the provider
}

// join registers a client as the suite does; extra as in metadata.
func join(t *testing.T, extra object) *joined {
	t.Helper()
	return joining(t).as(extra)
}

// joining is a client that is about to register. What it publishes is on this machine.
func joining(t *testing.T) *joined {
	t.Helper()
	p := policy()
	p.InsecureOpen, p.Scopes = true, append(p.Scopes, "profile", "phone")
	return &joined{tried: &tried{rig: newRigFor(t, clients(), publish(t), func(r *rig) { r.registration, r.reachesAll = p, true })}}
}

func (j *joined) as(extra object) *joined {
	j.Helper()
	a := j.send(http.MethodPost, "/register", "", j.document(extra))
	if a.StatusCode != http.StatusCreated || a.Header.Get("Content-Type") != "application/json" {
		j.Fatalf("%d %s", a.StatusCode, a.body)
	}
	j.said = a.json(j.T)
	secret, _ := j.said["client_secret"].(string)
	j.client = registered{j.said["client_id"].(string), secret, j.said["registration_access_token"].(string)}
	if secret != "" && j.said["client_secret_expires_at"] == nil || j.said["registration_client_uri"] != j.server.URL+"/register/"+j.client.id {
		j.Errorf("registered %v", j.said)
	}
	return j
}

func (j *joined) document(extra object) object {
	j.Helper()
	d := metadata(object{
		"redirect_uris": []string{webURI}, "client_name": "conformance suite", "grant_types": []string{"authorization_code"}, "response_types": []string{"code"},
		"token_endpoint_auth_method": "private_key_jwt", "jwks": json.RawMessage(keySet("RS256")), "contacts": []string{"certification@oidf.org"},
	})
	maps.Copy(d, extra)
	maps.DeleteFunc(d, func(_ string, v any) bool { return v == nil })
	return d
}

// refuse wants a registration refused.
func (j *joined) refuse(extra object, code string) {
	j.Helper()
	a := j.send(http.MethodPost, "/register", "", j.document(extra))
	if a.StatusCode != http.StatusBadRequest || a.Header.Get("Content-Type") != "application/json" || a.json(j.T)["error"] != code {
		j.Errorf("%v: %d %s", extra, a.StatusCode, a.body)
	}
}

// begin is an authorization request of the client's.
func (j *joined) begin(extra url.Values) url.Values { return j.request(j.client.id, extra) }

// proven redeems what a form has, by an assertion for the token endpoint.
func (j *joined) proven(q url.Values, key string) reply {
	j.Helper()
	q.Set("client_assertion_type", assertionType)
	q.Set("client_assertion", by(j.T, key, j.assertion(j.client.id).with(object{"aud": j.server.URL + "/token"}), nil))
	return j.post("/token", q)
}

// flow is a whole happy flow, and gives the tokens.
func (j *joined) flow(extra url.Values) map[string]any {
	j.Helper()
	a := j.proven(form(j.coded(j.get("/authorize", j.begin(extra))), url.Values{"redirect_uri": {j.begin(extra).Get("redirect_uri")}}), "RS256")
	if a.StatusCode != http.StatusOK {
		j.Fatalf("%d %s", a.StatusCode, a.body)
	}
	return a.json(j.T)
}

// TestConformanceDynamic states what the modules of the dynamic and the third-party initiated
// login plan demand, by their names.
func TestConformanceDynamic(t *testing.T) {
	// It is for the pages of the login, which package page shows it on. The suite's logo and
	// policy are on the host of its redirect URIs, its terms are not.
	shown := func(name, address string, of func(page.About) string) func(*testing.T) {
		return func(t *testing.T) {
			j := join(t, object{name: address})
			if j.said[name] != address {
				t.Errorf("registered %v", j.said)
			}
			j.flow(nil)
			if got := of(j.login.last(t).About); got != j.said[name] {
				t.Errorf("the pages are told %q", got)
			}
		}
	}
	for name, demand := range map[string]func(*testing.T){
		"oidcc-server": func(t *testing.T) {
			j := join(t, nil)
			j.info(j.userinfo(j.flow(nil)["access_token"].(string)))
			a := j.send(http.MethodDelete, "/register/"+j.client.id, j.client.token, nil)
			if a.StatusCode != http.StatusNoContent {
				t.Errorf("unregister: %d %s", a.StatusCode, a.body)
			}
		},
		"oidcc-idtoken-signature": func(t *testing.T) { join(t, nil).signedBy("RS256") },
		"oidcc-idtoken-rs256":     func(t *testing.T) { join(t, object{"id_token_signed_response_alg": "RS256"}).signedBy("RS256") },
		// Discovery does not have it, and nobody gets it.
		"oidcc-idtoken-unsigned": func(t *testing.T) {
			j := join(t, nil)
			j.refuse(object{"id_token_signed_response_alg": "none"}, "invalid_client_metadata")
			if algs := j.get("/.well-known/openid-configuration", nil).json(t)["id_token_signing_alg_values_supported"].([]any); slices.Contains(algs, any("none")) {
				t.Errorf("algorithms %v", algs)
			}
		},
		"oidcc-userinfo-rs256": func(t *testing.T) {
			j := join(t, object{"userinfo_signed_response_alg": "RS256"})
			a := j.userinfo(j.flow(nil)["access_token"].(string))
			signed, err := jose.ParseSignedCompact(a.body, []jose.SignatureAlgorithm{jose.RS256})
			if err != nil || a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/jwt" {
				t.Fatalf("%v: %d %s", err, a.StatusCode, a.body)
			}
			if got := claims(t, a.body); got["iss"] != j.server.URL || got["aud"] != j.client.id || got["sub"] != "u-alice" || got["nonce"] != nil {
				t.Errorf("claims %v", got)
			}
			if !slices.Contains(publicKeys(t, []byte(j.get("/jwks", nil).body)), signed.Signatures[0].Header.KeyID) {
				t.Error("signed with a key that is not published")
			}
		},
		"oidcc-ensure-redirect-uri-in-authorization-request": func(t *testing.T) {
			j := join(t, object{"redirect_uris": []string{webURI, webURI + "&second=1"}})
			j.wantPage(j.get("/authorize", j.begin(url.Values{"redirect_uri": {}})))
		},
		"oidcc-redirect-uri-query-OK": func(t *testing.T) {
			j := join(t, object{"redirect_uris": []string{spaURI + "?foo=bar"}})
			a := j.get("/authorize", j.begin(url.Values{"redirect_uri": {spaURI + "?foo=bar"}}))
			if got := a.sent(t); got.Get("foo") != "bar" || got.Get("code") == "" {
				t.Errorf("answer %v", got)
			}
		},
		"oidcc-redirect-uri-query-mismatch": func(t *testing.T) {
			j := join(t, object{"redirect_uris": []string{spaURI + "?foo=bar"}})
			j.wantPage(j.get("/authorize", j.begin(url.Values{"redirect_uri": {spaURI + "?bar=foo"}})))
		},
		"oidcc-redirect-uri-query-added": func(t *testing.T) {
			j := join(t, object{"redirect_uris": []string{spaURI}})
			j.wantPage(j.get("/authorize", j.begin(url.Values{"redirect_uri": {spaURI + "?foo=bar"}})))
		},
		"oidcc-redirect-uri-regfrag": func(t *testing.T) {
			join(t, nil).refuse(object{"redirect_uris": []string{spaURI + "#foobar"}}, "invalid_redirect_uri")
		},
		"oidcc-registration-logo-uri":   shown("logo_uri", "https://web.example.com/logo.png", func(a page.About) string { return a.Logo }),
		"oidcc-registration-policy-uri": shown("policy_uri", "https://web.example.com/", func(a page.About) string { return a.Policy }),
		"oidcc-registration-tos-uri":    shown("tos_uri", "https://openid.net", func(a page.About) string { return a.Terms }),
		"oidcc-registration-jwks-uri": func(t *testing.T) {
			j := joining(t)
			address := j.published.at("/client1_jwks", string(keySet("RS256")))
			j.as(object{"jwks": nil, "jwks_uri": address})
			if j.said["jwks_uri"] != address || j.said["client_secret"] != nil {
				t.Errorf("registered %v", j.said)
			}
			j.flow(nil)
		},
		"oidcc-registration-sector-uri": func(t *testing.T) {
			j := joining(t)
			j.as(object{"subject_type": "pairwise", "sector_identifier_uri": j.published.at("/redirect_uris.json", mustJSON(t, []string{webURI}))})
		},
		"oidcc-registration-sector-bad": func(t *testing.T) {
			j := joining(t)
			sector := j.published.at("/redirect_uris.json", mustJSON(t, []string{webURI + "/other"}))
			j.refuse(object{"subject_type": "pairwise", "sector_identifier_uri": sector}, "invalid_client_metadata")
		},
		// Registered before there is a request: the fragment is no hash of it.
		"oidcc-request-uri-signed-rs256": func(t *testing.T) {
			j := joining(t)
			uri := j.published.URL + "/requesturi/x#dGhpcyBpcyB0aGUgaGFzaCBvZiBzb21ldGhpbmcgZWxzZQ"
			j.as(object{"request_object_signing_alg": "RS256", "request_uris": []string{uri}})
			j.published.at("/requesturi/x", by(t, "RS256", j.ask(j.client.id), nil))
			j.coded(j.get("/authorize", j.begin(url.Values{"request_uri": {uri}})))
		},
		"oidcc-request-uri-unsigned": func(t *testing.T) {
			j := joining(t)
			uri := j.published.URL + "/requesturi/x"
			j.as(object{"request_uris": []string{uri}})
			j.published.at("/requesturi/x", unsigned(j.ask(j.client.id), "none"))
			j.wantError(j.begin(url.Values{"request_uri": {uri}}), "request_not_supported")
			algs := j.get("/.well-known/openid-configuration", nil).json(t)["request_object_signing_alg_values_supported"].([]any)
			if slices.Contains(algs, any("none")) || !slices.Contains(algs, any("RS256")) {
				t.Errorf("algorithms %v", algs)
			}
		},
		"oidcc-refresh-token-rp-key-rotation": func(t *testing.T) {
			j := joining(t)
			j.as(object{"jwks": nil, "jwks_uri": j.published.at("/client1_jwks", string(keySet("RS256"))), "grant_types": []string{"authorization_code", "refresh_token"}})
			again := j.flow(url.Values{"scope": {"openid offline_access"}})["refresh_token"].(string)
			j.published.at("/client1_jwks", string(keySet("other")))
			j.clock.advance(time.Minute)
			if a := j.proven(refresh(again, url.Values{"client_id": {}}), "other"); a.StatusCode != http.StatusOK {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"oidcc-server-rotate-keys": func(t *testing.T) {
			r := newRig(t)
			keys, err := token.Open(t.Context(), r.store, sealer(), r.clock.now)
			if err != nil {
				t.Fatal(err)
			}
			before := publicKeys(t, keys.JWKS())
			change, err := keys.Rotate(t.Context(), token.RS256, r.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			if err := keys.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			after := publicKeys(t, keys.JWKS())
			if len(after) != len(before)+1 || !slices.Contains(after, change.ID) || slices.Contains(before, change.ID) || slices.ContainsFunc(before, func(id string) bool { return !slices.Contains(after, id) }) {
				t.Errorf("before %v, after %v, new %s", before, after, change.ID)
			}
		},
		"oidcc-refresh-token": func(t *testing.T) {
			j := join(t, object{"grant_types": []string{"authorization_code", "refresh_token"}})
			a := j.proven(refresh(j.flow(url.Values{"scope": {"openid offline_access"}})["refresh_token"].(string), url.Values{"client_id": {}}), "RS256")
			if a.StatusCode != http.StatusOK {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			stolen := refresh(a.json(t)["refresh_token"].(string), url.Values{"client_id": {}})
			j.as(object{"grant_types": []string{"authorization_code", "refresh_token"}})
			j.rig.wantError(j.proven(stolen, "RS256"), http.StatusBadRequest, "invalid_grant")
		},
		"oidcc-ensure-client-assertion-with-iss-aud-succeeds": func(t *testing.T) {
			j := join(t, nil)
			q := form(j.coded(j.get("/authorize", j.begin(nil))), url.Values{"client_assertion_type": {assertionType}})
			q.Set("client_assertion", by(t, "RS256", j.assertion(j.client.id), nil))
			if a := j.post("/token", q); a.StatusCode != http.StatusOK {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
		"oidcc-3rd_party-init-login": func(t *testing.T) {
			j := join(t, object{"initiate_login_uri": "https://spa.example.com/initiate_login"})
			a := j.send(http.MethodGet, "/register/"+j.client.id, j.client.token, nil)
			if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			for _, said := range []map[string]any{j.said, a.json(t)} {
				if said["initiate_login_uri"] != "https://spa.example.com/initiate_login" {
					t.Errorf("registered %v", said)
				}
			}
		},
		"oidcc-3rd_party-init-login-nohttps": func(t *testing.T) {
			join(t, nil).refuse(object{"initiate_login_uri": "http://spa.example.com/initiate_login"}, "invalid_client_metadata")
		},
	} {
		t.Run(name, demand)
	}
}

// signedBy wants ID tokens by an algorithm, with the name of a published key.
func (j *joined) signedBy(alg jose.SignatureAlgorithm) {
	j.Helper()
	raw := j.flow(nil)["id_token"].(string)
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{alg})
	if err != nil {
		j.Fatal(err)
	}
	if kid := signed.Signatures[0].Header.KeyID; !slices.Contains(publicKeys(j.T, []byte(j.get("/jwks", nil).body)), kid) {
		j.Errorf("kid %q", kid)
	}
}
