package oidc_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/relying"
)

// policy is what registered clients may be, in tests.
func policy() config.Registration {
	return config.Registration{
		On: true, MaxClients: 20, PerMinute: 1000, Scopes: []string{"openid", "email", "offline_access"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, AuthMethods: []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"},
		RedirectSchemes: []string{config.RedirectHTTPS, config.RedirectLoopback, config.RedirectPrivate},
		Client:          map[string]any{"journey": "bank", "acr_policy": "strict"},
	}
}

// newRegistry is a rig at which clients can register.
func newRegistry(t *testing.T, change ...func(*config.Registration)) *rig {
	t.Helper()
	p := policy()
	for _, c := range change {
		c(&p)
	}
	return newRigFor(t, clients(), publish(t), func(r *rig) { r.registration = p })
}

func open(p *config.Registration) { p.InsecureOpen = true }

// initial makes an initial access token.
func (r *rig) initial(uses int) string {
	r.Helper()
	token, err := relying.Initial{Artifacts: r.store, Now: r.clock.now}.New(r.Context(), uses, time.Hour)
	if err != nil {
		r.Fatal(err)
	}
	return token
}

// metadata is a document that can be registered; extra as in good, nil removes a member.
func metadata(extra object) object {
	d := object{"redirect_uris": []string{spaURI, webURI}, "client_name": "The Stranger", "grant_types": []string{"authorization_code", "refresh_token"}}
	maps.Copy(d, extra)
	maps.DeleteFunc(d, func(_ string, v any) bool { return v == nil })
	return d
}

// send sends a document.
func (r *rig) send(method, path, token string, document any) reply {
	r.Helper()
	text, ok := document.(string)
	if !ok && document != nil {
		raw, err := json.Marshal(document)
		if err != nil {
			r.Fatal(err)
		}
		text = string(raw)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.server.URL+path, strings.NewReader(text))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return r.do(req)
}

// registered is a client that has registered.
type registered struct{ id, secret, token string }

func (r *rig) register(extra object) registered {
	r.Helper()
	return r.registerWith(r.initial(1), extra)
}

func (r *rig) registerWith(token string, extra object) registered {
	r.Helper()
	a := r.send(http.MethodPost, "/register", token, metadata(extra))
	if a.StatusCode != http.StatusCreated {
		r.Fatalf("not registered: %d %s", a.StatusCode, a.body)
	}
	m := a.json(r.T)
	secret, _ := m["client_secret"].(string)
	return registered{m["client_id"].(string), secret, m["registration_access_token"].(string)}
}

func TestRegistered(t *testing.T) {
	r := newRegistry(t)
	a := r.send(http.MethodPost, "/register", r.initial(1), metadata(object{
		"client_uri": "https://spa.example.com", "unheard_of": object{"a": 1}, "client_name#ja": "他人", "contacts": []string{"a@example.com"}, "tos_uri": nil,
	}))
	m := a.json(t)
	if a.StatusCode != http.StatusCreated || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for name, want := range map[string]any{
		"client_name": "The Stranger", "client_uri": "https://spa.example.com", "token_endpoint_auth_method": "client_secret_basic", "application_type": "web",
		"scope": "openid email offline_access", "client_secret_expires_at": 0.0, "client_id_issued_at": float64(r.clock.now().Unix()),
		"registration_client_uri": r.server.URL + "/register/" + m["client_id"].(string), "unheard_of": nil, "client_name#ja": nil,
	} {
		if m[name] != want {
			t.Errorf("%s is %v, want %v", name, m[name], want)
		}
	}
	if len(m["client_secret"].(string)) != 43 || len(m["registration_access_token"].(string)) != 43 || !slices.Equal(m["response_types"].([]any), []any{"code"}) {
		t.Errorf("answer %v", m)
	}
	id, secret := m["client_id"].(string), m["client_secret"].(string)
	tokens := r.post("/token", exchange(r.code(id, nil), url.Values{"client_id": {}}), basic(id, secret))
	if tokens.StatusCode != http.StatusOK || tokens.json(t)["scope"] != "openid email" {
		t.Errorf("%d %s", tokens.StatusCode, tokens.body)
	}
	if r.login.last(t).Journey != "bank" {
		t.Errorf("journey %s, not the policy's", r.login.last(t).Journey)
	}
	row, err := r.store.Client(t.Context(), id)
	if err != nil || strings.Contains(string(row.Settings)+string(row.Metadata), secret) || strings.Contains(string(row.Metadata), m["registration_access_token"].(string)) {
		t.Errorf("kept %s %s, %v", row.Settings, row.Metadata, err)
	}
	if !slices.Contains(r.events(), "client.registered") || strings.Contains(r.log.String(), secret) {
		t.Errorf("events %v", r.events())
	}
}

// What the policy does not allow, and what could not work, is refused by name.
func TestRegistrationRefused(t *testing.T) {
	r := newRegistry(t, func(p *config.Registration) {
		p.RedirectHosts = []string{"spa.example.com", "*.apps.example.com", "web.example.com"}
	})
	token := r.initial(1)
	for _, row := range []struct {
		code  string
		extra object
	}{
		{"invalid_redirect_uri", object{"redirect_uris": nil}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{spaURI + "#f"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{spaURI + "#"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"http://spa.example.com/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https://localhost/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https://127.0.0.1/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https://me@spa.example.com/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"javascript:alert(1)"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https:///cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{spaURI, "https://evil.example.com/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https://apps.example.com/cb"}}},
		{"invalid_redirect_uri", object{"redirect_uris": []string{"https://spa.example.com.evil.example/cb"}}},
		{"invalid_redirect_uri", object{"application_type": "native", "redirect_uris": []string{"https://evil.example.com/cb"}}},
		{"invalid_redirect_uri", object{"application_type": "native", "redirect_uris": []string{"http://app.example.com/cb"}}},
		{"invalid_redirect_uri", object{"application_type": "native", "redirect_uris": []string{"myapp:/cb"}}},
		{"invalid_client_metadata", object{"application_type": "desktop"}},
		{"invalid_client_metadata", object{"redirect_uris": "https://spa.example.com/cb"}},
		{"invalid_client_metadata", object{"token_endpoint_auth_method": "client_secret_jwt"}},
		{"invalid_client_metadata", object{"token_endpoint_auth_method": "tls_client_auth"}},
		{"invalid_client_metadata", object{"token_endpoint_auth_method": "private_key_jwt"}},
		{"invalid_client_metadata", object{"grant_types": []string{"client_credentials"}}},
		{"invalid_client_metadata", object{"grant_types": []string{"implicit"}, "response_types": []string{"id_token"}}},
		{"invalid_client_metadata", object{"response_types": []string{"code token"}}},
		{"invalid_client_metadata", object{"response_types": []string{}}},
		{"invalid_client_metadata", object{"scope": "openid pay"}},
		{"invalid_client_metadata", object{"client_name": "a\u0000b"}},
		{"invalid_client_metadata", object{"client_name": strings.Repeat("a", 121)}},
		{"invalid_client_metadata", object{"client_name": 7}},
		{"invalid_client_metadata", object{"logo_uri": "http://spa.example.com/logo"}},
		{"invalid_client_metadata", object{"policy_uri": "javascript:alert(1)"}},
		{"invalid_client_metadata", object{"jwks": object{"keys": []any{}}, "jwks_uri": "https://spa.example.com/jwks"}},
		{"invalid_client_metadata", object{"jwks": object{"keys": []any{object{"kty": "oct", "k": "c2VjcmV0"}}}}},
		{"invalid_client_metadata", object{"jwks_uri": "http://127.0.0.1/jwks"}},
		{"invalid_client_metadata", object{"subject_type": "nobody"}},
		{"invalid_client_metadata", object{"id_token_signed_response_alg": "none"}},
		{"invalid_client_metadata", object{"default_max_age": -1}},
		{"invalid_client_metadata", object{"default_max_age": 1e300}},
		{"invalid_client_metadata", object{"default_max_age": "60"}},
		{"invalid_client_metadata", object{"post_logout_redirect_uris": []string{"https://evil.example.com/bye"}}},
		{"invalid_client_metadata", object{"contacts": make([]string, 51)}},
		{"unapproved_software_statement", object{"software_statement": "e30.e30.e30"}},
	} {
		a := r.send(http.MethodPost, "/register", token, metadata(row.extra))
		if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != row.code || a.json(t)["error_description"] == "" {
			t.Errorf("%v: %d %s, want %s", row.extra, a.StatusCode, a.body, row.code)
		}
	}
	// None of these has used the token up.
	for _, good := range []object{{"redirect_uris": []string{"https://one.apps.example.com/cb"}}} {
		if a := r.send(http.MethodPost, "/register", token, metadata(good)); a.StatusCode != http.StatusCreated {
			t.Errorf("%v: %d %s", good, a.StatusCode, a.body)
		}
	}
}

func TestNativeApplication(t *testing.T) {
	r := newRegistry(t)
	c := r.register(object{
		"application_type": "native", "token_endpoint_auth_method": "none",
		"redirect_uris": []string{"com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb"},
	})
	if c.secret != "" {
		t.Error("an app got a secret that it can't keep")
	}
	if got := r.get("/authorize", good(c.id, url.Values{"redirect_uri": {"http://127.0.0.1:5123/cb"}})).sent(t); got.Get("code") == "" {
		t.Errorf("answer %v", got)
	}
}

// appDocuments are what apps on users' machines send, as they are.
func appDocuments() map[string]string {
	return map[string]string{
		"oidc-agent 4.2.6": `{"application_type":"web","client_name":"oidc-agent:dyn-vm","response_types":["code"],"grant_types":["refresh_token","authorization_code"],
			"scope":"openid email offline_access","redirect_uris":["http://localhost:4242","http://localhost:33626","http://localhost:8080","edu.kit.data.oidc-agent:/redirect"]}`,
		"Visual Studio Code": `{"client_name":"Visual Studio Code","client_uri":"https://code.visualstudio.com","grant_types":["authorization_code","refresh_token"],
			"response_types":["code"],"redirect_uris":["https://insiders.vscode.dev/redirect","https://vscode.dev/redirect","http://127.0.0.1/","http://127.0.0.1:33418/"],
			"scope":"openid email","token_endpoint_auth_method":"none","application_type":"native"}`,
		"a client by RFC 7591 alone": `{"client_name":"An app","redirect_uris":["http://localhost:3118/callback"],"grant_types":["authorization_code","refresh_token"],
			"response_types":["code"],"token_endpoint_auth_method":"none"}`,
	}
}

// Apps say web, or nothing, of addresses of the user's machine, and list addresses of both
// kinds: where answers may go is for the operator's redirect_schemes to say.
func TestAppsRegister(t *testing.T) {
	for name, document := range appDocuments() {
		r := newRegistry(t, open)
		if a := r.send(http.MethodPost, "/register", "", document); a.StatusCode != http.StatusCreated {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		web := newRegistry(t, open, func(p *config.Registration) { p.RedirectSchemes = []string{config.RedirectHTTPS} })
		if a := web.send(http.MethodPost, "/register", "", document); a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_redirect_uri" {
			t.Errorf("%s, where only https may be registered: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// A client can't set what is the operator's alone, under whichever name.
func TestClientDecidesOnlyForItself(t *testing.T) {
	r := newRegistry(t)
	c := r.register(object{
		"journey": "default", "skip_consent": true, "acr_policy": "advisory", "client_id": "spa", "client_secret": secret, "id": "spa", "secret": secret,
		"scopes": []string{"pay"}, "allowed_acr": []string{"*"}, "access_token_lifetime": "8000h", "registration_access_token": "mine", "secret_env": "HOME", "jwks_file": "/etc/passwd",
	})
	if c.id == "spa" || c.secret == secret || c.token == "mine" {
		t.Errorf("registered %+v", c)
	}
	row, err := r.store.Client(t.Context(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	var settings map[string]any
	if err := json.Unmarshal(row.Settings, &settings); err != nil {
		t.Fatal(err)
	}
	if settings["journey"] != "bank" || settings["acr_policy"] != "strict" {
		t.Errorf("settings %v", settings)
	}
	for _, name := range []string{"skip_consent", "allowed_acr", "access_token_lifetime", "id", "secret", "secret_env", "jwks_file"} {
		if settings[name] != nil {
			t.Errorf("%s is %v", name, settings[name])
		}
	}
}

func TestInitialAccessTokens(t *testing.T) {
	r := newRegistry(t)
	good := r.initial(2)
	for range 2 {
		if a := r.send(http.MethodPost, "/register", good, metadata(nil)); a.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	late := r.initial(1)
	r.clock.advance(time.Hour)
	for _, token := range []string{good, late, "", "wrong", "Bearer"} {
		a := r.send(http.MethodPost, "/register", token, metadata(nil))
		r.wantError(a, http.StatusUnauthorized, "invalid_token")
		if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("challenge %q", a.Header.Get("WWW-Authenticate"))
		}
	}
}

// Attack: many registrations at once with a token that is good for one.
func TestInitialAccessTokenRace(t *testing.T) {
	r := newRegistry(t)
	token := r.initial(3)
	var all sync.WaitGroup
	var in atomic.Int64
	for range 12 {
		all.Go(func() {
			if r.send(http.MethodPost, "/register", token, metadata(nil)).StatusCode == http.StatusCreated {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() > 3 || in.Load() == 0 {
		t.Errorf("%d registered with 3 uses", in.Load())
	}
}

func TestRegistrationIsBounded(t *testing.T) {
	r := newRegistry(t, open)
	for range 20 {
		if a := r.send(http.MethodPost, "/register", "", metadata(nil)); a.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	r.wantError(r.send(http.MethodPost, "/register", "", metadata(nil)), http.StatusForbidden, "access_denied")
}

// A provider that is full does not use up the tokens of those whom it turns away.
func TestFullRegistrationCostsNoToken(t *testing.T) {
	r := newRegistry(t, func(p *config.Registration) { p.MaxClients = 1 })
	first := r.register(nil)
	once, twice := r.initial(1), r.initial(2)
	for _, token := range []string{once, twice, once, twice, twice} {
		r.wantError(r.send(http.MethodPost, "/register", token, metadata(nil)), http.StatusForbidden, "access_denied")
	}
	for _, token := range []string{once, twice, twice} {
		if a := r.send(http.MethodDelete, "/register/"+first.id, first.token, nil); a.StatusCode != http.StatusNoContent {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		first = r.registerWith(token, nil)
	}
	for _, token := range []string{once, twice} {
		r.wantError(r.send(http.MethodPost, "/register", token, metadata(nil)), http.StatusUnauthorized, "invalid_token")
	}
}

func TestRegistrationOff(t *testing.T) {
	r := newRig(t)
	if a := r.send(http.MethodPost, "/register", r.initial(1), metadata(nil)); a.StatusCode != http.StatusNotFound {
		t.Errorf("%d", a.StatusCode)
	}
	if r.get("/.well-known/openid-configuration", nil).json(t)["registration_endpoint"] != nil {
		t.Error("discovery has a registration_endpoint")
	}
	if newRegistry(t).get("/.well-known/openid-configuration", nil).json(t)["registration_endpoint"] == nil {
		t.Error("discovery has no registration_endpoint")
	}
}

// Attack: huge, nested, doubled and binary metadata.
func TestHostileMetadata(t *testing.T) {
	r := newRegistry(t, open)
	for name, text := range map[string]string{
		"empty": "", "null": "null", "list": "[]", "text": `"a"`, "cut": `{"redirect_uris":`, "after": `{} {}`,
		"twice": `{"redirect_uris":["https://a.example/cb"],"redirect_uris":["https://evil.example/cb"]}`,
		"huge":  `{"client_name":"` + strings.Repeat("a", 1<<20) + `"}`,
		"deep":  `{"jwks":` + strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000) + "}",
		"wide":  `{"redirect_uris":[` + strings.Repeat(`"https://a.example/cb",`, 60) + `"https://a.example/cb"]}`,
		"bytes": "{\"redirect_uris\":[\"https://a.example/cb\"],\"client_name\":\"\xff\xfe\"}",
		"long":  `{"redirect_uris":["https://a.example/` + strings.Repeat("a", 5000) + `"]}`,
	} {
		a := r.send(http.MethodPost, "/register", "", text)
		if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_client_metadata" || len(a.body) > 1000 {
			t.Errorf("%s: %d %.300s", name, a.StatusCode, a.body)
		}
	}
	r.wantError(r.post("/register", url.Values{"client_name": {"a"}}), http.StatusBadRequest, "invalid_request")
}

func TestManagedClient(t *testing.T) {
	r := newRegistry(t)
	c := r.register(nil)
	path := "/register/" + c.id
	a := r.send(http.MethodGet, path, c.token, nil)
	m := a.json(t)
	if a.StatusCode != http.StatusOK || m["client_id"] != c.id || m["client_name"] != "The Stranger" || m["registration_access_token"] != c.token || m["client_secret"] != nil {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	tokens := r.post("/token", exchange(r.code(c.id, nil), url.Values{"client_id": {}}), basic(c.id, c.secret)).json(t)

	update := metadata(object{"client_id": c.id, "client_secret": c.secret, "client_name": "The Friend", "redirect_uris": []string{spaURI, webURI, "https://new.example.com/cb"}})
	a = r.send(http.MethodPut, path, c.token, update)
	if a.StatusCode != http.StatusOK || a.json(t)["client_name"] != "The Friend" || a.json(t)["client_secret"] != nil {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	// It counts at once, the secret stays, and what was granted too.
	if got := r.get("/authorize", good(c.id, url.Values{"redirect_uri": {"https://new.example.com/cb"}})).sent(t); got.Get("code") == "" {
		t.Errorf("the new redirect URI: %v", got)
	}
	again := r.post("/token", refresh(tokens["refresh_token"].(string), url.Values{"client_id": {}}), basic(c.id, c.secret))
	if again.StatusCode != http.StatusOK {
		t.Errorf("refresh: %s", again.body)
	}
	// What is left out is gone, and to have less ends what was granted.
	less := metadata(object{"client_id": c.id, "client_name": nil, "scope": "openid"})
	if a := r.send(http.MethodPut, path, c.token, less); a.StatusCode != http.StatusOK || a.json(t)["client_name"] != nil || a.json(t)["scope"] != "openid" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	r.wantError(r.post("/token", refresh(again.json(t)["refresh_token"].(string), url.Values{"client_id": {}}), basic(c.id, c.secret)), http.StatusBadRequest, "invalid_grant")

	if a := r.send(http.MethodDelete, path, c.token, nil); a.StatusCode != http.StatusNoContent || a.body != "" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		r.wantError(r.send(method, path, c.token, update), http.StatusUnauthorized, "invalid_token")
	}
	if got := r.get("/authorize", good(c.id, nil)); got.StatusCode != http.StatusBadRequest {
		t.Errorf("it still logs in: %d", got.StatusCode)
	}
	r.wantError(r.post("/token", refresh("any", url.Values{"client_id": {}}), basic(c.id, c.secret)), http.StatusUnauthorized, "invalid_client")
	if got := r.events(); got[0] != "client.removed" {
		t.Errorf("events %v", got)
	}
}

func TestRemovedClientsGrantsEnd(t *testing.T) {
	r := newRegistry(t)
	c := r.register(nil)
	tokens := r.post("/token", exchange(r.code(c.id, nil), url.Values{"client_id": {}}), basic(c.id, c.secret)).json(t)
	waiting := r.code(c.id, nil)
	r.send(http.MethodDelete, "/register/"+c.id, c.token, nil)
	for _, token := range []any{tokens["access_token"], tokens["refresh_token"]} {
		if got := r.post("/introspect", url.Values{"token": {token.(string)}}, basic("web", secret)); got.json(t)["active"] != false {
			t.Errorf("introspection: %s", got.body)
		}
	}
	if _, err := r.store.Get(t.Context(), "code", keyOf(waiting)); err == nil {
		t.Error("a code is left")
	}
}

func TestUpdateRefused(t *testing.T) {
	r := newRegistry(t)
	c := r.register(nil)
	for name, extra := range map[string]object{
		"no client_id":           {},
		"another client_id":      {"client_id": "spa"},
		"a secret of its choice": {"client_id": c.id, "client_secret": "mine, and long enough for anybody"},
		"a token":                {"client_id": c.id, "registration_access_token": c.token},
		"a time":                 {"client_id": c.id, "client_secret_expires_at": 0},
		"a bad redirect URI":     {"client_id": c.id, "redirect_uris": []string{"http://a.example.com"}},
	} {
		if a := r.send(http.MethodPut, "/register/"+c.id, c.token, metadata(extra)); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := r.send(http.MethodGet, "/register/"+c.id, c.token, nil); a.json(t)["client_name"] != "The Stranger" {
		t.Errorf("changed: %s", a.body)
	}
}

// Attack: the token of client A manages client B; and who looks around learns nothing.
func TestTokenOfAnotherClient(t *testing.T) {
	r := newRegistry(t)
	a, b := r.register(nil), r.register(nil)
	var answers []string
	for _, path := range []string{"/register/" + b.id, "/register/spa", "/register/nobody", "/register/" + strings.Repeat("a", 300), "/register/%00"} {
		for _, token := range []string{a.token, "wrong", b.secret} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
				got := r.send(method, path, token, metadata(object{"client_id": b.id}))
				answers = append(answers, strconv.Itoa(got.StatusCode)+got.body+got.Header.Get("WWW-Authenticate"))
			}
		}
	}
	slices.Sort(answers)
	if answers = slices.Compact(answers); len(answers) != 1 || !strings.HasPrefix(answers[0], "401") {
		t.Errorf("answers %q", answers)
	}
	if got := r.send(http.MethodGet, "/register/"+b.id, b.token, nil); got.StatusCode != http.StatusOK {
		t.Errorf("B is gone: %d", got.StatusCode)
	}
}

// Attack: a stranger registers the redirect URI of another client. It gets no code of that
// client's, and a code of its own is worth nothing to either.
func TestRedirectURIOfAnotherClient(t *testing.T) {
	r := newRegistry(t)
	stranger := r.register(object{"redirect_uris": []string{spaURI}})
	code := r.code(stranger.id, nil)
	r.wantError(r.post("/token", exchange(code, nil)), http.StatusBadRequest, "invalid_grant")                                                              // as spa, whose redirect URI it came to
	r.wantError(r.post("/token", exchange(code, url.Values{"client_id": {}}), basic(stranger.id, stranger.secret)), http.StatusBadRequest, "invalid_grant") // used up
	spas := r.code("spa", nil)
	r.wantError(r.post("/token", exchange(spas, url.Values{"client_id": {}}), basic(stranger.id, stranger.secret)), http.StatusBadRequest, "invalid_grant")
}

// Attack: the addresses in a registration lead into the operator's network (SSRF). None is
// asked for at registration, and later only at public addresses.
func TestAddressesOfStrangersAreNotAsked(t *testing.T) {
	r := newRegistry(t)
	inside := r.published.at("/jwks", string(keySet("ES256"))) // https://127.0.0.1:…
	c := r.register(object{
		"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": inside, "logo_uri": r.published.URL + "/logo", "policy_uri": r.published.URL + "/policy",
		"tos_uri": r.published.URL + "/tos", "client_uri": r.published.URL, "initiate_login_uri": r.published.URL + "/login", "request_uris": []string{r.published.URL + "/request"},
	})
	form := exchange(r.code(c.id, nil), url.Values{"client_id": {}, "client_assertion_type": {assertionType}})
	form.Set("client_assertion", by(t, "ES256", r.assertion(c.id), nil))
	r.wantError(r.post("/token", form), http.StatusUnauthorized, "invalid_client")
	if got := r.get("/authorize", good(c.id, url.Values{"request_uri": {r.published.URL + "/request"}})).sent(t); got.Get("error") != "invalid_request_uri" {
		t.Errorf("answer %v", got)
	}
	if n := r.published.asked.Load(); n != 0 {
		t.Errorf("%d requests into the network", n)
	}
}

// Nor is one told of a logout there.
func TestAttackLogoutIntoTheNetwork(t *testing.T) {
	r := newRegistry(t)
	c := r.register(object{"token_endpoint_auth_method": "none", "backchannel_logout_uri": r.published.URL + "/logout"})
	s, _ := r.newSession()
	r.login.change = func(f *login.Finished) { f.SessionKey, f.SessionID = s.Key, s.ID }
	r.code(c.id, nil)
	if err := r.sessions.EndOf(t.Context(), "u-alice", s.Key); err != nil {
		t.Fatal(err)
	}
	r.deliver()
	if n := r.published.asked.Load(); n != 0 {
		t.Errorf("%d requests into the network", n)
	}
}

// refusedMetadata wants a registration to be refused for what it says.
func (r *rig) refusedMetadata(a reply) {
	r.Helper()
	if a.StatusCode != http.StatusBadRequest || a.json(r.T)["error"] != "invalid_client_metadata" {
		r.Errorf("%d %s", a.StatusCode, a.body)
	}
}
