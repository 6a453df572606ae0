package oidc_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/token"
)

const (
	plainURI = "http://plain.example.com/cb"
	bothOn   = "id_token token"
)

// frontClients are clients of the implicit flow, and such as may not use it.
func frontClients() []config.Client {
	implicit, both := []string{"implicit"}, []string{"id_token", "id_token token"}
	return append(clients(),
		config.Client{ID: "front", Name: "The Page", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI, plainURI, "http://localhost/cb", "http://127.0.0.1/cb", "com.example.app:/cb", webURI}, Resources: []string{"https://api.example.com"}},
		config.Client{ID: "form", GrantTypes: implicit, ResponseTypes: both[:1], RedirectURIs: []string{spaURI}, Scopes: []string{"openid", "email"}},
		config.Client{ID: "mixed", Secret: secret, GrantTypes: []string{"authorization_code", "refresh_token", "implicit"}, ResponseTypes: append([]string{"code"}, both...), RedirectURIs: []string{spaURI}, JWKS: keySet("ES256")},
		config.Client{ID: "pair", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI}, SubjectType: "pairwise", IDTokenSignedResponseAlg: token.ES256},
		config.Client{ID: "front-bound", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI}, DPoPBoundAccessTokens: true},
		config.Client{ID: "front-cert", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI}, CertificateBoundAccessTokens: true},
		config.Client{ID: "front-fapi", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI}, Profile: config.FAPI2},
		config.Client{ID: "no-grant", GrantTypes: []string{"authorization_code"}, ResponseTypes: append([]string{"code"}, both...), RedirectURIs: []string{spaURI}},
		config.Client{ID: "no-type", GrantTypes: append([]string{"authorization_code"}, implicit...), RedirectURIs: []string{spaURI}},
		config.Client{ID: "front-strict", GrantTypes: implicit, ResponseTypes: both, RedirectURIs: []string{spaURI}, ACRPolicy: "strict", DefaultACRValues: []string{"2.5"}},
	)
}

// newFrontRig is a provider with the implicit flow on.
func newFrontRig(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	on := func(r *rig) { r.implicit = []string{"id_token", bothOn} }
	return newRigFor(t, frontClients(), publish(t), append([]func(*rig){on}, change...)...)
}

// front is a request for tokens that works; extra as in good.
func front(client, responseType string, extra url.Values) url.Values {
	q := good(client, url.Values{"response_type": {responseType}, "code_challenge": {}, "code_challenge_method": {}, "redirect_uri": {spaURI}})
	maps.Copy(q, extra)
	return q
}

// inFragment is what came in the fragment of a redirect, which has nothing in its query.
func (r *rig) inFragment(a reply) url.Values {
	r.Helper()
	where, err := a.Location()
	if err != nil || a.StatusCode != http.StatusSeeOther {
		r.Fatalf("%d, no redirect: %s", a.StatusCode, a.body)
	}
	if where.RawQuery != "" || a.body != "" {
		r.Errorf("to %s with the body %q", where, a.body)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		r.Errorf("headers %v", a.Header)
	}
	return fragment(r.T, where)
}

// leftHash is at_hash by another hand than the provider's (OpenID Connect Core 3.2.2.9).
func leftHash(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return strings.TrimRight(base64.URLEncoding.EncodeToString(sum[:16]), "=")
}

func TestImplicit(t *testing.T) {
	for _, words := range []string{"id_token token", "token id_token"} {
		r := newFrontRig(t)
		r.login.change = func(f *login.Finished) { f.SessionID = "the session" }
		sent := r.inFragment(r.get("/authorize", front("front", words, nil)))
		access, id := sent.Get("access_token"), sent.Get("id_token")
		want := url.Values{
			"access_token": {access}, "id_token": {id}, "token_type": {"Bearer"}, "expires_in": {"300"}, "scope": {"openid profile email phone"},
			"state": {"the state"}, "iss": {r.server.URL},
		}
		if diff := cmp.Diff(want, sent); diff != "" {
			t.Fatal(diff)
		}
		got := r.idTokenFor("front", id)
		sid, _ := got["sid"].(string)
		delete(got, "jti")
		now := r.clock.now()
		wantID := map[string]any{
			"iss": r.server.URL, "sub": "u-alice", "aud": "front", "nonce": "the nonce", "at_hash": leftHash(access), "sid": sid,
			"acr": "2.0", "amr": []any{"pwd", "sms", "mfa"}, "auth_time": float64(unix(now.Add(-time.Minute))), "iat": float64(unix(now)), "exp": float64(unix(now.Add(5 * time.Minute))),
		}
		if diff := cmp.Diff(wantID, got); diff != "" || sid == "" {
			t.Error(diff)
		}
		info := r.get("/userinfo", nil)
		if info.StatusCode != http.StatusUnauthorized {
			t.Errorf("userinfo without the token: %d", info.StatusCode)
		}
		if info = (&tried{rig: r}).userinfo(access); info.StatusCode != http.StatusOK || info.json(t)["name"] != "Alice A" {
			t.Errorf("%d %s", info.StatusCode, info.body)
		}
		if seen := r.inspect(access); seen["active"] != true || seen["client_id"] != "front" || seen["acr"] != "2.0" || seen["aud"] != r.server.URL {
			t.Errorf("introspection says %v", seen)
		}
		if log := r.log.String(); strings.Contains(log, access) || strings.Contains(log, id) {
			t.Errorf("a token is in the log: %s", log)
		}
		if events := r.events(); !slices.Contains(events, "login.ok") {
			t.Errorf("events %v", events)
		}
	}
}

// What no token can be refreshed with, and no code, is never there.
func TestImplicitGivesNoRefreshToken(t *testing.T) {
	r := newFrontRig(t)
	sent := r.inFragment(r.get("/authorize", front("mixed", bothOn, nil)))
	if sent.Has("refresh_token") || sent.Has("code") || strings.Contains(sent.Get("scope"), "offline_access") {
		t.Errorf("sent %v", sent)
	}
	id, _ := claims(t, sent.Get("access_token"))["grant_id"].(string)
	g, err := r.store.Grant(t.Context(), id)
	if err != nil || slices.Contains(g.Scope, "offline_access") || g.ExpiresAt.Sub(g.CreatedAt) > 10*time.Minute {
		t.Errorf("%v: grant %+v", err, g)
	}
	// The client's codes are as they were.
	if a := r.get("/authorize", good("mixed", nil)); len(a.sent(t).Get("code")) < 43 || !strings.HasPrefix(a.Header.Get("Location"), spaURI+"?") {
		t.Errorf("went to %s", a.Header.Get("Location"))
	}
	r.wantError(r.post("/token", url.Values{"grant_type": {"implicit"}}, basic("mixed", secret)), http.StatusBadRequest, "unsupported_grant_type")
}

// OpenID Connect Core 5.4: an ID token alone has the claims of the scope, and those that were
// asked for by name.
func TestImplicitIDTokenAlone(t *testing.T) {
	r := newFrontRig(t)
	r.login.change = func(f *login.Finished) { f.Run.Claims = map[string]any{"branch": "Oslo", "sub": "root"} }
	for name, row := range map[string]struct {
		extra url.Values
		want  map[string]any
	}{
		"openid":     {url.Values{"scope": {"openid"}}, map[string]any{"branch": "Oslo"}},
		"email":      {url.Values{"scope": {"openid email"}}, map[string]any{"branch": "Oslo", "email": "alice@example.com", "email_verified": true}},
		"by name":    {url.Values{"scope": {"openid"}, "claims": {`{"id_token":{"name":null}}`}}, map[string]any{"branch": "Oslo", "name": "Alice A"}},
		"elsewhere":  {url.Values{"scope": {"openid"}, "claims": {`{"userinfo":{"name":null}}`}}, map[string]any{"branch": "Oslo"}},
		"its scopes": {url.Values{"scope": {"openid phone offline_access"}}, map[string]any{"branch": "Oslo", "phone_number": "+4712345678", "phone_number_verified": false}},
	} {
		t.Run(name, func(t *testing.T) {
			sent := r.inFragment(r.get("/authorize", front("front", "id_token", row.extra)))
			if names := slices.Sorted(maps.Keys(sent)); !slices.Equal(names, []string{"id_token", "iss", "state"}) {
				t.Errorf("sent %v", names)
			}
			got := claims(t, sent.Get("id_token"))
			if got["sub"] != "u-alice" || got["nonce"] != "the nonce" || got["acr"] != "2.0" || got["at_hash"] != nil {
				t.Errorf("claims %v", got)
			}
			for name := range strings.FieldsSeq("iss sub aud nonce acr amr auth_time iat exp jti") {
				delete(got, name)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	// A token for userinfo has them there, and not in the ID token.
	if got := claims(t, r.inFragment(r.get("/authorize", front("front", bothOn, nil))).Get("id_token")); got["email"] != nil || got["branch"] != "Oslo" {
		t.Errorf("claims %v", got)
	}
}

// TestAttackImplicit: whatever is asked, no token goes where it must not, and the fault goes
// where the client's page looks for it.
func TestAttackImplicit(t *testing.T) {
	long := strings.Repeat("n", 5000)
	for name, row := range map[string]struct {
		client, kind string
		extra        url.Values
		want         string
	}{
		"by query":                  {"front", bothOn, url.Values{"response_mode": {"query"}}, "invalid_request"},
		"ID token by query":         {"front", "id_token", url.Values{"response_mode": {"query"}}, "invalid_request"},
		"signed by query":           {"front", bothOn, url.Values{"response_mode": {"query.jwt"}}, "invalid_request"},
		"no such mode":              {"front", bothOn, url.Values{"response_mode": {"web_message"}}, "invalid_request"},
		"two modes":                 {"front", bothOn, url.Values{"response_mode": {"fragment", "query"}}, "invalid_request"},
		"two types":                 {"front", bothOn, url.Values{"response_type": {"id_token", "code"}}, "invalid_request"},
		"no nonce":                  {"front", "id_token", url.Values{"nonce": {}}, "invalid_request"},
		"empty nonce":               {"front", bothOn, url.Values{"nonce": {""}}, "invalid_request"},
		"long nonce":                {"front", bothOn, url.Values{"nonce": {long}}, "invalid_request"},
		"http":                      {"front", bothOn, url.Values{"redirect_uri": {plainURI}}, "invalid_request"},
		"http, ID token":            {"front", "id_token", url.Values{"redirect_uri": {plainURI}}, "invalid_request"},
		"no openid":                 {"front", bothOn, url.Values{"scope": {"email"}}, "invalid_scope"},
		"no scope":                  {"front", "id_token", url.Values{"scope": {}}, "invalid_scope"},
		"a key":                     {"front", bothOn, url.Values{"dpop_jkt": {strings.Repeat("A", 43)}}, "invalid_request"},
		"a token alone":             {"front", "token", nil, "unsupported_response_type"},
		"hybrid":                    {"mixed", "code id_token", nil, "unsupported_response_type"},
		"hybrid with all":           {"mixed", "code id_token token", nil, "unsupported_response_type"},
		"hybrid without ID token":   {"mixed", "code token", nil, "unsupported_response_type"},
		"a word twice":              {"front", "id_token id_token token", nil, "unsupported_response_type"},
		"two spaces":                {"front", "id_token  token", nil, "unsupported_response_type"},
		"not of this client":        {"form", bothOn, nil, "unauthorized_client"},
		"client of codes":           {"spa", "id_token", nil, "unauthorized_client"},
		"client of codes, tokens":   {"web", bothOn, url.Values{"redirect_uri": {webURI}}, "unauthorized_client"},
		"without the grant type":    {"no-grant", "id_token", nil, "unauthorized_client"},
		"without the response type": {"no-type", "id_token", nil, "unauthorized_client"},
		"tokens bound to a key":     {"front-bound", bothOn, nil, "unauthorized_client"},
		"bound to a certificate":    {"front-cert", bothOn, nil, "unauthorized_client"},
		"FAPI":                      {"front-fapi", "id_token", nil, "unauthorized_client"},
		"FAPI, tokens":              {"front-fapi", bothOn, nil, "unauthorized_client"},
		"foreign resource":          {"front", bothOn, url.Values{"resource": {"https://evil.example"}}, "invalid_target"},
		"an acr that is not had":    {"front-strict", bothOn, nil, "unmet_authentication_requirements"},
		"another user":              {"front", "id_token", url.Values{"claims": {`{"id_token":{"sub":{"value":"u-bob"}}}`}}, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFrontRig(t)
			got := r.inAFragment(r.get("/authorize", front(row.client, row.kind, row.extra)))
			if got.Get("error") != row.want || got.Get("state") != "the state" || got.Get("iss") != r.server.URL {
				t.Errorf("got %v, want %s with state and iss", got, row.want)
			}
			for _, secret := range []string{"id_token", "access_token", "code", "response"} {
				if got.Has(secret) {
					t.Errorf("%s was sent", secret)
				}
			}
			r.wantDescription(got.Get("error_description"))
		})
	}
}

// inAFragment is inFragment for a redirect URI that has a query of its own.
func (r *rig) inAFragment(a reply) url.Values {
	r.Helper()
	where, err := a.Location()
	if err != nil {
		r.Fatalf("%d: %s", a.StatusCode, a.body)
	}
	if where.Query().Has("error") || where.Query().Has("state") {
		r.Errorf("went to %s", where)
	}
	return fragment(r.T, where)
}

// A client of the implicit flow has no codes, and none may go by the implicit flow's modes.
func TestAttackCodeOfImplicitClient(t *testing.T) {
	r := newFrontRig(t)
	r.wantSent(r.get("/authorize", good("front", nil)), "unauthorized_client")
	r.wantSent(r.get("/authorize", good("mixed", url.Values{"response_mode": {"fragment"}})), "invalid_request")
	wantPage(t, r.get("/authorize", front("front", bothOn, url.Values{"redirect_uri": {"https://evil.example/"}})))
	wantPage(t, r.get("/authorize", front("front", bothOn, url.Values{"redirect_uri": {spaURI + "#x"}})))
}

// Without the switch there is no implicit flow, whatever clients are registered for; nor is
// there where the whole provider is held to FAPI 2.0.
func TestImplicitIsOff(t *testing.T) {
	off := func(change func(*oidc.Config)) *rig {
		r := newFrontRig(t)
		c := r.provider.Config
		change(&c)
		r.login.provider = oidc.New(c)
		r.server.Config.Handler = newRouter(r.login.provider)
		return r
	}
	for name, change := range map[string]func(*oidc.Config){
		"default": func(c *oidc.Config) { c.InsecureResponseTypes = nil },
		"fapi":    func(c *oidc.Config) { c.Profile = config.FAPI2 },
	} {
		t.Run(name, func(t *testing.T) {
			r := off(change)
			for _, kind := range []string{"id_token", bothOn} {
				if got := r.inFragment(r.get("/authorize", front("front", kind, nil))); got.Get("error") != "unsupported_response_type" || got.Has("id_token") {
					t.Errorf("sent %v", got)
				}
			}
			told := r.told("response_types_supported", "response_modes_supported")
			want := map[string]any{"response_types_supported": []any{"code"}, "response_modes_supported": []any{"query", "form_post", "jwt", "query.jwt", "form_post.jwt"}}
			if diff := cmp.Diff(want, told); diff != "" || strings.Contains(r.get("/.well-known/openid-configuration", nil).body, "implicit") {
				t.Error(diff)
			}
		})
	}
	t.Run("one of them", func(t *testing.T) {
		r := off(func(c *oidc.Config) { c.InsecureResponseTypes = []string{"id_token"} })
		if got := r.inFragment(r.get("/authorize", front("front", "id_token", nil))); !got.Has("id_token") {
			t.Errorf("sent %v", got)
		}
		if got := r.inFragment(r.get("/authorize", front("front", bothOn, nil))); got.Get("error") != "unsupported_response_type" {
			t.Errorf("sent %v", got)
		}
	})
}

func TestImplicitRedirectURIs(t *testing.T) {
	r := newFrontRig(t)
	for _, uri := range []string{spaURI, "http://localhost/cb", "http://127.0.0.1:5123/cb", "com.example.app:/cb"} {
		a := r.get("/authorize", front("front", bothOn, url.Values{"redirect_uri": {uri}}))
		if to := a.Header.Get("Location"); !strings.HasPrefix(to, uri+"#access_token=") {
			t.Errorf("%s: went to %.80s", uri, to)
		}
	}
	// The query that was registered stays, and gets nothing beside it.
	if to := r.get("/authorize", front("front", "id_token", url.Values{"redirect_uri": {webURI}})).Header.Get("Location"); !strings.HasPrefix(to, webURI+"#id_token=") {
		t.Errorf("went to %.80s", to)
	}
}

func TestImplicitModes(t *testing.T) {
	r := newFrontRig(t)
	for _, mode := range []string{"", "fragment"} {
		if got := r.inFragment(r.get("/authorize", front("front", bothOn, url.Values{"response_mode": {mode}}))); !got.Has("id_token") {
			t.Errorf("%s: %v", mode, got)
		}
	}
	a := r.get("/authorize", front("front", bothOn, url.Values{"response_mode": {"form_post"}}))
	if got := a.sent(t); a.StatusCode != http.StatusOK || a.Header.Get("Location") != "" || got.Get("at_hash") != "" || claims(t, got.Get("id_token"))["at_hash"] != leftHash(got.Get("access_token")) {
		t.Errorf("%d: %v", a.StatusCode, got)
	}
	for mode, status := range map[string]int{"jwt": http.StatusSeeOther, "fragment.jwt": http.StatusSeeOther, "form_post.jwt": http.StatusOK} {
		a := r.get("/authorize", front("front", bothOn, url.Values{"response_mode": {mode}}))
		got := r.response(a, "RS256")
		if a.StatusCode != status || got["aud"] != "front" || got["state"] != "the state" || got["expires_in"] != "300" || claims(t, got["id_token"])["at_hash"] != leftHash(got["access_token"].(string)) {
			t.Errorf("%s: %d %v", mode, a.StatusCode, got)
		}
		if to := a.Header.Get("Location"); status == http.StatusSeeOther && !strings.HasPrefix(to, spaURI+"#response=") {
			t.Errorf("%s: went to %s", mode, to)
		}
	}
}

// The errors of a login, also of one without a page, come as the tokens would.
func TestImplicitErrorsOfTheLogin(t *testing.T) {
	r := newFrontRig(t)
	r.login.change = ended("@error:interaction_required", "interaction_required")
	q := front("front", "id_token", url.Values{"prompt": {"none"}})
	if got := r.inFragment(r.get("/authorize", q)); got.Get("error") != "login_required" || got.Get("state") != "the state" || got.Has("id_token") {
		t.Errorf("sent %v", got)
	}
	q.Set("response_mode", "fragment.jwt")
	if got := r.response(r.get("/authorize", q), "RS256"); got["error"] != "login_required" {
		t.Errorf("sent %v", got)
	}
	q.Set("response_mode", "form_post")
	if a := r.get("/authorize", q); a.StatusCode != http.StatusOK || a.sent(t).Get("error") != "login_required" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	r.login.change = func(f *login.Finished) { f.Run.Subject.ID = "u-gone" }
	if got := r.inFragment(r.get("/authorize", front("front", bothOn, nil))); got.Get("error") != "access_denied" || got.Has("access_token") {
		t.Errorf("sent %v", got)
	}
	if !r.login.last(t).Interactive {
		t.Error("the request was not handed on")
	}
}

// A response type that is switched off while a login lasts is off at its end.
func TestImplicitSwitchedOffMeanwhile(t *testing.T) {
	r := newFrontRig(t)
	r.get("/authorize", front("front", bothOn, nil))
	resume := r.login.last(t).Resume
	finish := func(client string, change func(*oidc.Config)) url.Values {
		c := r.provider.Config
		change(&c)
		f := login.Finished{Run: run(client), Resume: resume}
		f.Run.Request.Scope = []string{"openid"}
		f.Run.Subject = r.login.subject()
		resp, err := oidc.New(c).Finish(t.Context(), f)
		if err != nil || resp.Mode != "fragment" {
			t.Fatalf("%v: %+v", err, resp)
		}
		return resp.Params
	}
	nothing := func(*oidc.Config) {}
	if got := finish("front", nothing); !got.Has("access_token") {
		t.Errorf("sent %v", got)
	}
	for name, row := range map[string]struct {
		client string
		change func(*oidc.Config)
	}{
		"for all":         {"front", func(c *oidc.Config) { c.InsecureResponseTypes = []string{"id_token"} }},
		"for the client":  {"form", nothing},
		"now FAPI":        {"front-fapi", nothing},
		"now bound":       {"front-bound", nothing},
		"by the profile":  {"front", func(c *oidc.Config) { c.Profile = config.FAPI2 }},
		"client of codes": {"spa", nothing},
	} {
		if got := finish(row.client, row.change); got.Get("error") != "unauthorized_client" || got.Has("access_token") || got.Has("id_token") {
			t.Errorf("%s: sent %v", name, got)
		}
	}
}

// endingGrants has every grant end as soon as it is stored: somebody signs out meanwhile.
type endingGrants struct{ store.Grants }

func (e endingGrants) PutGrant(ctx context.Context, g store.Grant) error {
	if err := e.Grants.PutGrant(ctx, g); err != nil {
		return err
	}
	return e.RevokeGrant(ctx, g.ID, g.CreatedAt)
}

func TestImplicitTokensEnd(t *testing.T) {
	for name, end := range map[string]func(*rig, string){
		"with the session": func(r *rig, _ string) {
			if n, err := r.store.EndSession(r.Context(), "the session", "offline_access", r.clock.now()); n != 1 || err != nil {
				r.Errorf("ended %d, %v", n, err)
			}
		},
		"in time": func(r *rig, _ string) { r.clock.advance(5*time.Minute + time.Second) },
		"taken back by the client": func(r *rig, access string) {
			if a := r.post("/revoke", url.Values{"token": {access}, "client_id": {"front"}}); a.StatusCode != http.StatusOK {
				r.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFrontRig(t)
			r.login.change = func(f *login.Finished) { f.SessionID = "the session" }
			access := r.inFragment(r.get("/authorize", front("front", bothOn, nil))).Get("access_token")
			end(r, access)
			if a := (&tried{rig: r}).userinfo(access); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("userinfo: %d", a.StatusCode)
			}
			if diff := cmp.Diff(inactive, r.inspect(access)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("before they are sent", func(t *testing.T) {
		r := newFrontRig(t)
		c := r.provider.Config
		c.Grants = endingGrants{c.Grants}
		r.login.provider = oidc.New(c)
		if got := r.inFragment(r.get("/authorize", front("front", bothOn, nil))); got.Get("error") != "access_denied" || got.Has("access_token") {
			t.Errorf("sent %v", got)
		}
	})
}

// A fault of the store is an error in the fragment, and no token.
func TestImplicitWithAFailingStore(t *testing.T) {
	for _, kind := range []string{"id_token", bothOn} {
		failed := 0
		for n := int64(1); n < 20; n++ {
			r := newFrontRig(t)
			r.failing.left.Store(n)
			got := r.inFragment(r.get("/authorize", front("front", kind, url.Values{"claims": {`{"id_token":{"name":null}}`}})))
			if got.Has("id_token") {
				break
			}
			failed++
			if got.Get("error") != "server_error" || got.Has("access_token") || strings.Contains(got.Encode(), "db-7") {
				t.Errorf("%s, call %d: sent %v", kind, n, got)
			}
		}
		if failed < 3 {
			t.Errorf("%s: only %d calls of the store were tried", kind, failed)
		}
	}
}

func TestImplicitForResource(t *testing.T) {
	r := newFrontRig(t)
	got := r.inFragment(r.get("/authorize", front("front", bothOn, url.Values{"resource": {"https://api.example.com"}})))
	if aud := claims(t, got.Get("access_token"))["aud"]; aud != "https://api.example.com" {
		t.Errorf("aud %v", aud)
	}
}

// Algorithm, subject and encryption are the client's, as at the token endpoint.
func TestImplicitOfTheClient(t *testing.T) {
	r := newFrontRig(t)
	got := r.inFragment(r.get("/authorize", front("pair", bothOn, nil)))
	id, access := claims(t, got.Get("id_token")), claims(t, got.Get("access_token"))
	if id["sub"] == "u-alice" || id["sub"] != access["sub"] || id["at_hash"] != leftHash(got.Get("access_token")) {
		t.Errorf("ID token %v, access token %v", id, access)
	}
	sealed := config.Client{
		ID: "sealed", GrantTypes: []string{"implicit"}, ResponseTypes: []string{"id_token"}, RedirectURIs: []string{spaURI}, TokenEndpointAuthMethod: "none",
		JWKS: keySet("ES256"), IDTokenEncryption: clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"},
	}
	r = newRigFor(t, []config.Client{sealed}, publish(t), func(r *rig) { r.implicit = []string{"id_token"} })
	raw := r.inFragment(r.get("/authorize", front("sealed", "id_token", nil))).Get("id_token")
	if _, payload := decrypted(t, raw, "ECDH-ES", "A128GCM", "ES256"); claims(t, payload)["nonce"] != "the nonce" {
		t.Errorf("payload %s", payload)
	}
}

// Pushed, signed and posted requests are as those for a code; PKCE is not asked for.
func TestImplicitRequests(t *testing.T) {
	r := newFrontRig(t)
	a := r.post("/par", front("mixed", bothOn, nil), basic("mixed", secret))
	uri := r.pushed(a)
	first := r.pull("mixed", uri)
	if got := r.inFragment(first); !got.Has("access_token") {
		t.Errorf("sent %v", got)
	}
	r.wantPage(r.pull("mixed", uri)) // answered once
	r.wantError(r.post("/par", front("mixed", bothOn, url.Values{"response_mode": {"query"}}), basic("mixed", secret)), http.StatusBadRequest, "invalid_request")
	r.wantError(r.post("/par", front("mixed", bothOn, url.Values{"nonce": {}}), basic("mixed", secret)), http.StatusBadRequest, "invalid_request")

	object := r.ask("mixed").with(object{"response_type": "token id_token", "redirect_uri": spaURI, "code_challenge": nil, "code_challenge_method": nil})
	signed := r.bySigned("mixed", by(t, "ES256", object, nil), url.Values{"response_type": {"code"}})
	if got := r.inFragment(signed); !got.Has("access_token") {
		t.Errorf("sent %v", got)
	}
	if got := r.inFragment(r.post("/authorize", front("front", "id_token", nil))); !got.Has("id_token") {
		t.Errorf("sent %v", got)
	}
	// An object that can't be read: the fault goes where what stands beside it says.
	broken := front("mixed", bothOn, url.Values{"request": {"x"}})
	if got := r.inFragment(r.get("/authorize", broken)); got.Get("error") != "invalid_request_object" {
		t.Errorf("sent %v", got)
	}
}

// A client whose tokens must be bound still gets ID tokens, which are bound to nobody.
func TestImplicitIDTokenOfBoundClient(t *testing.T) {
	r := newFrontRig(t)
	for _, client := range []string{"front-bound", "front-cert"} {
		if got := r.inFragment(r.get("/authorize", front(client, "id_token", nil))); !got.Has("id_token") || got.Has("access_token") {
			t.Errorf("sent %v", got)
		}
	}
}

func TestImplicitSessionState(t *testing.T) {
	r := newFrontRig(t)
	c := r.provider.Config
	c.Sessions = &session.Store{Artifacts: r.store, Now: r.clock.now, StateKey: []byte("a key of thirty-two bytes, really")}
	r.login.provider = oidc.New(c)
	r.login.change = func(f *login.Finished) { f.SessionID = "the session" }
	if got := r.inFragment(r.get("/authorize", front("front", bothOn, nil))); got.Get("session_state") == "" {
		t.Errorf("sent %v", got)
	}
}

// Discovery tells of what some client may ask for, and of the modes that go with it.
func TestDiscoveryOfImplicit(t *testing.T) {
	r := newFrontRig(t)
	want := map[string]any{
		"response_types_supported": []any{"code", "id_token", "id_token token"},
		"response_modes_supported": []any{"query", "form_post", "jwt", "query.jwt", "form_post.jwt", "fragment", "fragment.jwt"},
		"grant_types_supported":    []any{"authorization_code", "refresh_token", "client_credentials", deviceGrant, exchangeGrant, "implicit"},
	}
	if diff := cmp.Diff(want, r.told("response_types_supported", "response_modes_supported", "grant_types_supported")); diff != "" {
		t.Error(diff)
	}
	w := httptest.NewRecorder()
	newRouter(r.provider).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/.well-known/oauth-authorization-server", http.NoBody))
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || cmp.Diff(want["response_types_supported"], got["response_types_supported"]) != "" {
		t.Errorf("%v: %v", err, got["response_types_supported"])
	}
	// On, but nobody is registered for it, nor may be.
	r = newRigFor(t, clients(), publish(t), func(r *rig) { r.implicit = []string{"id_token"} })
	if told := r.told("response_types_supported"); cmp.Diff(map[string]any{"response_types_supported": []any{"code"}}, told) != "" {
		t.Errorf("told %v", told)
	}
}

// implicitPolicy lets clients register for it.
func implicitPolicy(r *rig) {
	r.registration = policy()
	r.registration.GrantTypes = append(r.registration.GrantTypes, "implicit")
	r.registration.ResponseTypes = r.implicit
}

func TestImplicitRegistration(t *testing.T) {
	r := newFrontRig(t, implicitPolicy)
	client := r.register(object{"grant_types": []string{"implicit"}, "response_types": []string{"token id_token"}, "token_endpoint_auth_method": "none", "redirect_uris": []string{spaURI}})
	if got := r.inFragment(r.get("/authorize", front(client.id, bothOn, url.Values{"acr_values": {"2.0"}}))); !got.Has("access_token") {
		t.Errorf("sent %v", got)
	}
	if got := r.inFragment(r.get("/authorize", front(client.id, "id_token", nil))); got.Get("error") != "unauthorized_client" {
		t.Errorf("sent %v", got)
	}
	said := r.send(http.MethodGet, "/register/"+client.id, client.token, nil).json(t)
	if cmp.Diff([]any{"implicit"}, said["grant_types"]) != "" || cmp.Diff([]any{"token id_token"}, said["response_types"]) != "" {
		t.Errorf("registered %v", said)
	}
	if kinds := r.told("response_types_supported")["response_types_supported"]; cmp.Diff([]any{"code", "id_token", "id_token token"}, kinds) != "" {
		t.Errorf("told %v", kinds)
	}
	initial := r.initial(1)
	for name, extra := range map[string]object{
		"no response type":     {"grant_types": []string{"implicit"}},
		"no grant type":        {"grant_types": nil, "response_types": []string{"id_token"}},
		"code for implicit":    {"grant_types": []string{"implicit"}, "response_types": []string{"code"}},
		"implicit for code":    {"grant_types": []string{"authorization_code"}, "response_types": []string{"code", "id_token"}},
		"code is missing":      {"grant_types": []string{"authorization_code", "implicit"}, "response_types": []string{"id_token"}},
		"hybrid":               {"grant_types": []string{"authorization_code", "implicit"}, "response_types": []string{"code id_token"}},
		"token alone":          {"grant_types": []string{"implicit"}, "response_types": []string{"token"}},
		"bound":                {"grant_types": []string{"implicit"}, "response_types": []string{"id_token token"}, "dpop_bound_access_tokens": true},
		"FAPI's own words too": {"grant_types": []string{"implicit"}, "response_types": []string{""}},
	} {
		a := r.send(http.MethodPost, "/register", initial, metadata(extra))
		if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_client_metadata" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	for name, uri := range map[string]string{"http": plainURI, "localhost": "https://localhost/cb", "a web application on the user's machine": "http://127.0.0.1/cb", "none": ""} {
		list := []string{uri}
		if uri == "" {
			list = nil
		}
		a := r.send(http.MethodPost, "/register", initial, metadata(object{"grant_types": []string{"implicit"}, "response_types": []string{"id_token"}, "redirect_uris": list}))
		if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_redirect_uri" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	// Switched off, such a client can't be used.
	r.book.Config.InsecureResponseTypes = nil
	r.clock.advance(time.Hour)
	if a := r.get("/authorize", front(client.id, bothOn, nil)); a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(a.body, "FAULT ") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
