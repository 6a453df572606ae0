package oidc_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/acrhost/acrhost/host/config"
)

// tried is a provider as the conformance suite tries it: by a client of its own, which
// has its answers in one response mode.
type tried struct {
	*rig
	mode string // empty: the default
}

func try(t *testing.T, mode string) *tried {
	t.Helper()
	c := config.Client{ID: "suite", Secret: secret, RedirectURIs: []string{webURI}}
	other := c
	other.ID = "suite-2"
	post := config.Client{ID: "suite-post", Secret: secret, TokenEndpointAuthMethod: "client_secret_post", RedirectURIs: []string{webURI}}
	return &tried{newRigWith(t, append(clients(), c, other, post)), mode}
}

// request is an authorization request without PKCE; extra as in good.
func (s *tried) request(client string, extra url.Values) url.Values {
	q := good(client, url.Values{"redirect_uri": {webURI}, "scope": {"openid"}, "code_challenge": {}, "code_challenge_method": {}})
	if s.mode != "" {
		q.Set("response_mode", s.mode)
	}
	maps.Copy(q, extra)
	return q
}

// answered is what the client got, by the mode that it has its answers in and no other.
func (s *tried) answered(a reply) url.Values {
	s.Helper()
	want := http.StatusSeeOther
	if s.mode == "form_post" {
		want = http.StatusOK
	}
	if a.StatusCode != want || !strings.HasPrefix(a.Header.Get("Location"), webURI) && s.mode == "" {
		s.Errorf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	got := a.sent(s.T)
	if got.Get("state") != "the state" || got.Get("iss") != s.server.URL {
		s.Errorf("answer %v", got)
	}
	return got
}

func (s *tried) wantError(q url.Values, codes ...string) {
	s.Helper()
	if got := s.answered(s.get("/authorize", q)); !slices.Contains(codes, got.Get("error")) || got.Has("code") {
		s.Errorf("answer %v, want one of %v", got, codes)
	}
}

func (s *tried) code(extra url.Values) string {
	s.Helper()
	return s.coded(s.get("/authorize", s.request("suite", extra)))
}

func (s *tried) coded(a reply) string {
	s.Helper()
	got := s.answered(a)
	if len(got.Get("code")) < 22 || got.Has("error") { // 128 bits
		s.Fatalf("answer %v", got)
	}
	return got.Get("code")
}

// form redeems a code of a request without PKCE; extra as in good.
func form(code string, extra url.Values) url.Values {
	q := exchange(code, url.Values{"redirect_uri": {webURI}, "client_id": {}, "code_verifier": {}})
	maps.Copy(q, extra)
	return q
}

// tokens are those of a code, held to what every happy flow is held to.
func (s *tried) tokens(code string) map[string]any {
	s.Helper()
	a := s.post("/token", form(code, nil), basic("suite", secret))
	got := a.json(s.T)
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json" {
		s.Fatalf("%d %s, headers %v", a.StatusCode, a.body, a.Header)
	}
	if got["token_type"] != "Bearer" || got["expires_in"].(float64) <= 0 {
		s.Errorf("tokens %v", got)
	}
	s.idToken(got["id_token"].(string))
	return got
}

// idToken checks an ID token of the suite's client, and gives its claims.
func (s *tried) idToken(raw string) map[string]any {
	s.Helper()
	return s.idTokenFor("suite", raw)
}

// idTokenFor checks an ID token with the published key that its kid names, and gives its claims.
func (r *rig) idTokenFor(client, raw string) map[string]any {
	r.Helper()
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		r.Fatalf("RS256 is the default: %v", err)
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(r.get("/jwks", nil).body), &keys); err != nil {
		r.Fatal(err)
	}
	kid := signed.Signatures[0].Header.KeyID
	if found := keys.Key(kid); kid == "" || len(found) != 1 {
		r.Fatalf("%d keys have the kid %q", len(found), kid)
	} else if _, err := signed.Verify(found[0]); err != nil {
		r.Error(err)
	}
	got := claims(r.T, raw)
	now := float64(r.clock.now().Unix())
	if got["iss"] != r.server.URL || got["aud"] != client || got["sub"] != "u-alice" || got["iat"] != now || got["exp"].(float64) <= now {
		r.Errorf("ID token %v", got)
	}
	return got
}

// info is what userinfo says to the client's token.
func (s *tried) info(a reply) map[string]any {
	s.Helper()
	got := a.json(s.T)
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/json" || got["sub"] != "u-alice" {
		s.Fatalf("%d %s %s", a.StatusCode, a.Header.Get("Content-Type"), a.body)
	}
	return got
}

// ofScope logs in with a scope and wants these claims in userinfo, sorted, and none but sub in
// the ID token (OpenID Connect Core 5.4).
func ofScope(scope string, want ...string) func(*tried) {
	return func(s *tried) {
		s.Helper()
		got := s.tokens(s.code(url.Values{"scope": {scope}}))
		info, id := s.info(s.userinfo(got["access_token"].(string))), claims(s.T, got["id_token"])
		if names := slices.Sorted(maps.Keys(info)); !slices.Equal(names, want) {
			s.Errorf("userinfo has %v, want %v", names, want)
		}
		for _, name := range want {
			if name != "sub" && id[name] != nil {
				s.Errorf("the ID token has %s", name)
			}
		}
	}
}

// asked wants a request that is made so to succeed.
func asked(extra url.Values) func(*tried) {
	return func(s *tried) { s.Helper(); s.tokens(s.code(extra)) }
}

// TestConformanceBasic states what the modules of the basic plan demand, by their names, of
// answers in the query and by a form, as the form post plan does.
func TestConformanceBasic(t *testing.T) {
	for _, mode := range []string{"", "form_post"} {
		for name, demand := range map[string]func(*tried){
			"oidcc-server": func(s *tried) {
				got := s.tokens(s.code(nil))
				id := claims(s.T, got["id_token"])
				sum := sha256.Sum256([]byte(got["access_token"].(string)))
				if id["nonce"] != "the nonce" || id["at_hash"] != base64.RawURLEncoding.EncodeToString(sum[:16]) {
					s.Errorf("ID token %v", id)
				}
				about := []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "jti", "sid"}
				for name := range id {
					if !slices.Contains(about, name) {
						s.Errorf("the ID token has %s, which nobody asked for", name)
					}
				}
				s.info(s.userinfo(got["access_token"].(string)))
			},
			"oidcc-response-type-missing": func(s *tried) {
				s.wantError(s.request("suite", url.Values{"response_type": {}}), "invalid_request", "unsupported_response_type")
			},
			"oidcc-userinfo-get": func(s *tried) { s.info(s.userinfo(s.tokens(s.code(nil))["access_token"].(string))) },
			"oidcc-userinfo-post-header": func(s *tried) {
				s.info(s.post("/userinfo", nil, bearer(s.tokens(s.code(nil))["access_token"].(string))))
			},
			"oidcc-userinfo-post-body": func(s *tried) {
				s.info(s.post("/userinfo", url.Values{"access_token": {s.tokens(s.code(nil))["access_token"].(string)}}))
			},
			"oidcc-ensure-request-without-nonce-succeeds-for-code-flow": func(s *tried) {
				if id := claims(s.T, s.tokens(s.code(url.Values{"nonce": {}}))["id_token"]); id["nonce"] != nil {
					s.Errorf("ID token %v", id)
				}
			},
			"oidcc-scope-profile": ofScope("openid profile", "name", "preferred_username", "sub", "updated_at"),
			"oidcc-scope-email":   ofScope("openid email", "email", "email_verified", "sub"),
			"oidcc-scope-address": ofScope("openid address", "address", "sub"),
			"oidcc-scope-all": ofScope("openid profile email address phone",
				"address", "email", "email_verified", "name", "phone_number", "phone_number_verified", "preferred_username", "sub", "updated_at"),
			"oidcc-scope-phone": ofScope("openid phone", "phone_number", "phone_number_verified", "sub"),
			"oidcc-alternate-happy-flow": func(s *tried) {
				ofScope("email openid", "email", "email_verified", "sub")(s)
				q := s.request("suite", url.Values{"scope": {"email openid"}}).Encode()
				pairs := strings.Split(q, "&")
				slices.Reverse(pairs)
				req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.server.URL+"/authorize?"+strings.Join(pairs, "&"), http.NoBody)
				if err != nil {
					s.Fatal(err)
				}
				s.tokens(s.coded(s.do(req)))
			},
			"oidcc-display-page":  asked(url.Values{"display": {"page"}}),
			"oidcc-display-popup": asked(url.Values{"display": {"popup"}}),
			"oidcc-ensure-request-with-unknown-parameter-succeeds": asked(url.Values{"extra": {"foobar"}}),
			"oidcc-login-hint":     asked(url.Values{"login_hint": {"buffy@127.0.0.1"}}),
			"oidcc-ui-locales":     asked(url.Values{"ui_locales": {"se"}}),
			"oidcc-claims-locales": asked(url.Values{"claims_locales": {"se"}}),
			"oidcc-ensure-request-with-acr-values-succeeds": func(s *tried) {
				var supported []string
				for _, value := range s.get("/.well-known/openid-configuration", nil).json(s.T)["acr_values_supported"].([]any) {
					supported = append(supported, value.(string))
				}
				id := claims(s.T, s.tokens(s.code(url.Values{"acr_values": {strings.Join(supported, " ")}}))["id_token"])
				if acr, _ := id["acr"].(string); !slices.Contains(supported, acr) {
					s.Errorf("acr %v, of %v", id["acr"], supported)
				}
				asked(url.Values{"acr_values": {"1 2"}})(s)
			},
			"oidcc-codereuse":           func(s *tried) { s.reused(0) },
			"oidcc-codereuse-30seconds": func(s *tried) { s.reused(30 * time.Second) },
			// The same, when the code itself has expired meanwhile.
			"oidcc-codereuse-30seconds, after the code's end": func(s *tried) { s.reused(4 * time.Minute) },
			"oidcc-ensure-registered-redirect-uri": func(s *tried) {
				s.wantPage(s.get("/authorize", s.request("suite", url.Values{"redirect_uri": {webURI + "/Lk2jKnbq"}})))
			},
			"oidcc-ensure-post-request-succeeds": func(s *tried) { s.tokens(s.coded(s.post("/authorize", s.request("suite", nil)))) },
			"oidcc-server-client-secret-post": func(s *tried) {
				code := s.coded(s.get("/authorize", s.request("suite-post", nil)))
				f := form(code, nil)
				f.Set("client_id", "suite-post")
				f.Set("client_secret", secret)
				if a := s.post("/token", f); a.StatusCode != http.StatusOK || a.json(s.T)["id_token"] == nil {
					s.Errorf("%d %s", a.StatusCode, a.body)
				}
			},
			"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": func(s *tried) {
				s.wantError(s.request("suite", url.Values{"request": {unsigned(s.ask("suite"), "none")}}), "request_not_supported")
			},
			"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": func(s *tried) {
				s.wantError(s.request("suite", url.Values{"request_uri": {"https://spa.example.com/requesturi/x"}}), "request_uri_not_supported")
			},
			// Never by what stands beside the object.
			"oidcc-ensure-request-object-with-redirect-uri": func(s *tried) {
				s.wantPage(s.get("/authorize", s.request("suite", url.Values{"request": {unsigned(s.ask("suite"), "none")}, "redirect_uri": {"https://invalid.example"}})))
			},
			"oidcc-claims-essential": func(s *tried) {
				got := s.tokens(s.code(url.Values{"claims": {`{"userinfo":{"name":{"essential":true}}}`}}))
				if info := s.info(s.userinfo(got["access_token"].(string))); info["name"] != "Alice A" || claims(s.T, got["id_token"])["name"] != nil {
					s.Errorf("userinfo %v, ID token %v", info, claims(s.T, got["id_token"]))
				}
			},
			"oidcc-refresh-token": func(s *tried) { s.refreshed() },
			"oidcc-ensure-request-with-valid-pkce-succeeds": func(s *tried) {
				sum := sha256.Sum256([]byte(verifier))
				code := s.code(url.Values{"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}})
				if a := s.post("/token", form(code, url.Values{"code_verifier": {verifier}}), basic("suite", secret)); a.StatusCode != http.StatusOK {
					s.Errorf("%d %s", a.StatusCode, a.body)
				}
			},
		} {
			t.Run(strings.TrimSpace(mode+" "+name), func(t *testing.T) { demand(try(t, mode)) })
		}
	}
}

// reused redeems a code twice: the second time it is refused, and what came of it ends.
func (s *tried) reused(after time.Duration) {
	s.Helper()
	code := s.code(url.Values{"scope": {"openid offline_access"}})
	got := s.tokens(code)
	access := got["access_token"].(string)
	s.clock.advance(after)
	s.info(s.userinfo(access))
	s.rig.wantError(s.post("/token", form(code, nil), basic("suite", secret)), http.StatusBadRequest, "invalid_grant")
	s.refusedAt(s.userinfo(access), "invalid_token")
	if said := s.introspected(access); said["active"] != false {
		s.Errorf("introspection %v", said)
	}
	again := refresh(got["refresh_token"].(string), url.Values{"client_id": {}})
	s.rig.wantError(s.post("/token", again, basic("suite", secret)), http.StatusBadRequest, "invalid_grant")
}

// refreshed: the new ID token says what the old one said, but for when it was made, and the
// refresh token is the client's alone.
func (s *tried) refreshed() {
	s.Helper()
	got := s.tokens(s.code(url.Values{"scope": {"openid offline_access"}}))
	old := claims(s.T, got["id_token"])
	s.clock.advance(time.Second)
	a := s.post("/token", refresh(got["refresh_token"].(string), url.Values{"client_id": {}, "scope": {"openid offline_access"}}), basic("suite", secret))
	again := a.json(s.T)
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || again["token_type"] != "Bearer" || again["access_token"] == got["access_token"] {
		s.Fatalf("%d %s", a.StatusCode, a.body)
	}
	id := s.idToken(again["id_token"].(string))
	for _, name := range []string{"iss", "sub", "aud", "auth_time", "azp", "acr"} {
		if id[name] != old[name] {
			s.Errorf("%s is %v, was %v", name, id[name], old[name])
		}
	}
	s.info(s.userinfo(again["access_token"].(string)))
	stolen := refresh(again["refresh_token"].(string), url.Values{"client_id": {}})
	s.rig.wantError(s.post("/token", stolen, basic("suite-2", secret)), http.StatusBadRequest, "invalid_grant")
}
