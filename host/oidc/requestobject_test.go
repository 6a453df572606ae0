package oidc_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
)

// requesters are clients that sign their requests, with documents at a site.
func requesters(site *published) []config.Client {
	all := keySet("RS256", "ES256", "EdDSA")
	return append(pushers(),
		config.Client{ID: "ro", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", JWKS: all, RedirectURIs: []string{webURI, webURI + "&2"}, RequestURIs: []string{
			site.URL + "/request", site.URL + "/missing", site.URL + "/redirect", site.URL + "/huge", site.URL + "/fixed#hash",
		}},
		config.Client{ID: "ro-ps", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", JWKS: all, RequestObjectSigningAlg: "PS256", RedirectURIs: []string{webURI}},
		config.Client{
			ID: "ro-must", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", JWKS: all, RedirectURIs: []string{webURI},
			RequireSignedRequestObject: true, RequirePushedAuthorizationRequests: true,
		},
	)
}

func newRequestRig(t *testing.T) *rig {
	t.Helper()
	site := publish(t)
	return newRigFor(t, requesters(site), site)
}

// ask are the claims of a request object that works.
func (r *rig) ask(client string) object {
	now := r.clock.now()
	o := object{"iss": client, "aud": r.server.URL, "exp": unix(now.Add(time.Minute)), "nbf": unix(now), "iat": unix(now), "jti": "x"}
	for name, values := range good(client, url.Values{"redirect_uri": {webURI}}) {
		o[name] = values[0]
	}
	return o
}

// bySigned goes to the authorization endpoint with a request object by value.
func (r *rig) bySigned(client, raw string, extra url.Values) reply {
	r.Helper()
	q := url.Values{"client_id": {client}, "response_type": {"code"}, "scope": {"openid"}, "request": {raw}}
	maps.Copy(q, extra)
	return r.get("/authorize", q)
}

// outside are parameters beside a request object that tell where errors may go.
func outside() url.Values { return url.Values{"redirect_uri": {webURI}, "state": {"outside"}} }

func TestRequestObject(t *testing.T) {
	r := newRequestRig(t)
	claims := r.ask("ro").with(object{
		"max_age": 60, "acr_values": "2.5 2.0", "prompt": "login", "login_hint": nil, "nonce": nil, "unknown": []int{1},
		"claims": object{"id_token": object{"acr": object{"essential": true, "values": []string{"2.0"}}}},
	})
	for _, alg := range []string{"RS256", "PS256", "ES256", "EdDSA"} {
		for _, typ := range []any{nil, "JWT", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt"} {
			a := r.bySigned("ro", by(t, alg, claims, object{"typ": typ}.with(nil)), nil)
			if got := a.sent(t); got.Get("code") == "" || got.Get("state") != "the state" {
				t.Fatalf("%s, typ %v: %v", alg, typ, got)
			}
		}
	}
	begun := r.login.last(t)
	if *begun.MaxAge != time.Minute || !begun.IgnoreEvidence || !begun.Request.ACREssential || begun.Request.ACRValues[0] != "2.0" {
		t.Errorf("begun %+v", begun)
	}
	// OpenID Connect Core 6.1 asks for no claim about the object itself.
	bare := claims.with(object{"iss": nil, "aud": nil, "exp": nil, "nbf": nil, "iat": nil, "jti": nil, "client_id": nil})
	if got := r.bySigned("ro", by(t, "ES256", bare, nil), nil).sent(t); got.Get("code") == "" {
		t.Errorf("bare object: %v", got)
	}
	if a := r.post("/authorize", url.Values{"client_id": {"ro"}, "request": {by(t, "ES256", claims, nil)}}); a.sent(t).Get("code") == "" {
		t.Errorf("POST: %s", a.body)
	}
}

// RFC 9101 6.3: what stands beside a request object does not count.
func TestAttackParametersBesideARequestObject(t *testing.T) {
	r := newRequestRig(t)
	raw := by(t, "ES256", r.ask("ro").with(object{"acr_values": "2.5", "state": nil, "scope": "openid"}), nil)
	a := r.bySigned("ro", raw, url.Values{
		"redirect_uri": {webURI + "&2"}, "state": {"evil"}, "acr_values": {"0"}, "scope": {"openid email"}, "prompt": {"none"}, "response_mode": {"form_post"},
		"response_type": {"token"}, "max_age": {"x"}, "claims": {"{"},
	})
	if got := a.sent(t); got.Get("code") == "" || got.Has("state") || !strings.HasPrefix(a.Header.Get("Location"), webURI+"&code=") {
		t.Fatalf("answer %v to %s", got, a.Header.Get("Location"))
	}
	if begun := r.login.last(t); begun.RawACR != "2.5" || len(begun.Request.Scope) != 1 || !begun.Interactive {
		t.Errorf("begun %+v", begun)
	}
	// What is not in the object is missing, also where it stands beside it.
	r.wantSent(r.bySigned("ro", by(t, "ES256", r.ask("ro").with(object{"response_type": nil}), nil), nil), "invalid_request")
	r.wantPage(r.bySigned("ro", by(t, "ES256", r.ask("ro").with(object{"redirect_uri": nil}), nil), outside()))
	r.wantPage(r.bySigned("ro", by(t, "ES256", r.ask("ro").with(object{"redirect_uri": "https://evil.example"}), nil), outside()))
}

func TestAttackRequestObjects(t *testing.T) {
	r := newRequestRig(t)
	now := r.clock.now()
	ask := r.ask("ro")
	for name, raw := range map[string]string{
		"key of another client":     by(t, "other", ask, nil),
		"another key, its name":     signed(t, "ES256", pairs()["other"].private, ask, object{"kid": "ec"}),
		"MAC with the public key":   signed(t, "HS256", publicPEM(t, "RS256"), ask, object{"kid": "rsa"}),
		"MAC with the secret":       signed(t, "HS256", []byte(secret), ask, nil),
		"nOnE":                      unsigned(ask, "nOnE"),
		"key in the header":         by(t, "other", ask, object{"kid": "other", "jwk": publicKey(t, "other")}),
		"audience of another":       by(t, "ES256", ask.with(object{"aud": "https://other.example"}), nil),
		"issuer is another client":  by(t, "ES256", ask.with(object{"iss": "web"}), nil),
		"client is another one":     by(t, "ES256", ask.with(object{"client_id": "web"}), nil),
		"expired":                   by(t, "ES256", ask.with(object{"exp": unix(now.Add(-time.Minute))}), nil),
		"not yet":                   by(t, "ES256", ask.with(object{"nbf": unix(now.Add(2 * time.Minute))}), nil),
		"from the future":           by(t, "ES256", ask.with(object{"iat": unix(now.Add(2 * time.Minute))}), nil),
		"an assertion":              by(t, "ES256", ask.with(object{"sub": "ro"}), nil),
		"typ of an access token":    by(t, "ES256", ask, object{"typ": "at+jwt"}),
		"typ of a proof":            by(t, "ES256", ask, object{"typ": "dpop+jwt"}),
		"request within":            by(t, "ES256", ask.with(object{"request": "x"}), nil),
		"request_uri within":        by(t, "ES256", ask.with(object{"request_uri": "x"}), nil),
		"resource is no text":       by(t, "ES256", ask.with(object{"resource": []int{1}}), nil),
		"encrypted":                 "a.b.c.d.e",
		"nothing":                   "x",
		"huge":                      strings.Repeat("x", 40_000),
		"not an object":             signed(t, "ES256", pairs()["ES256"].private, nil, object{"kid": "ec"}),
		"a member twice, by nobody": "e30.e30.e30",
	} {
		t.Run(name, func(*testing.T) {
			a := r.bySigned("ro", raw, outside())
			r.wantSent(a, "invalid_request_object")
			if a.sent(t).Get("state") != "outside" {
				t.Errorf("answer %v", a.sent(t))
			}
			// Nowhere to go without a proven redirect URI.
			r.wantPage(r.bySigned("ro", raw, nil))
			r.wantPage(r.bySigned("ro", raw, url.Values{"redirect_uri": {"https://evil.example"}}))
		})
	}
	r.wantSent(r.bySigned("ro-ps", by(t, "RS256", r.ask("ro-ps"), nil), outside()), "invalid_request_object")
	r.wantSent(r.bySigned("web", by(t, "ES256", r.ask("web"), nil), outside()), "request_not_supported")
	r.wantPage(r.bySigned("ro", "x", url.Values{"request": {"x", "y"}}))
	if n := len(r.login.started); n != 0 {
		t.Errorf("%d logins began", n)
	}
}

// A client that must sign is held to all that makes a signed request worth something.
func TestSignedRequestIsRequired(t *testing.T) {
	r := newRequestRig(t)
	push := func(raw string) reply {
		return r.post("/par", url.Values{"request": {raw}}, basic("ro-must", secret))
	}
	now := r.clock.now()
	for name, change := range map[string]object{
		"no exp":           {"exp": nil},
		"no nbf":           {"nbf": nil},
		"no aud":           {"aud": nil},
		"no iss":           {"iss": nil},
		"no client_id":     {"client_id": nil},
		"two hours":        {"exp": unix(now.Add(2 * time.Hour))},
		"begun long ago":   {"nbf": unix(now.Add(-2 * time.Hour))},
		"another audience": {"aud": r.server.URL + "/par"},
	} {
		t.Run(name, func(*testing.T) {
			r.wantError(push(by(t, "ES256", r.ask("ro-must").with(change), nil)), 400, "invalid_request_object")
		})
	}
	r.wantError(r.post("/par", good("ro-must", url.Values{"redirect_uri": {webURI}}), basic("ro-must", secret)), 400, "invalid_request")
	r.wantSent(r.bySigned("ro-must", by(t, "ES256", r.ask("ro-must"), nil), nil), "invalid_request") // signed, but not pushed
	r.wantSent(r.get("/authorize", good("ro-must", url.Values{"redirect_uri": {webURI}})), "invalid_request")
	uri := r.pushed(push(by(t, "ES256", r.ask("ro-must"), nil)))
	if got := r.pull("ro-must", uri).sent(t); got.Get("code") == "" {
		t.Errorf("signed and pushed: %v", got)
	}
}

// RFC 9126 3: of a pushed request object, too, only what is signed counts.
func TestPushedRequestObject(t *testing.T) {
	r := newRequestRig(t)
	raw := by(t, "ES256", r.ask("ro").with(object{"acr_values": "2.5"}), nil)
	uri := r.pushed(r.post("/par", url.Values{"request": {raw}, "acr_values": {"0"}, "client_id": {"ro"}, "prompt": {"none"}}, basic("ro", secret)))
	if got := r.pull("ro", uri).sent(t); got.Get("code") == "" {
		t.Fatalf("answer %v", got)
	}
	if begun := r.login.last(t); begun.RawACR != "2.5" || !begun.Interactive {
		t.Errorf("begun %+v", begun)
	}
	r.wantError(r.post("/par", url.Values{"request": {unsigned(r.ask("ro"), "none")}}, basic("ro", secret)), 400, "request_not_supported")
	r.wantError(r.post("/par", url.Values{"request": {by(t, "ES256", r.ask("key"), nil)}}, basic("ro", secret)), 400, "invalid_request_object")
}

func TestRequestObjectByReference(t *testing.T) {
	r := newRequestRig(t)
	raw := by(t, "ES256", r.ask("ro"), nil)
	uri := r.published.at("/request", raw+"\n")
	if got := r.pull("ro", uri).sent(t); got.Get("code") == "" {
		t.Fatalf("answer %v", got)
	}
	sum := sha256.Sum256([]byte(raw + "\n"))
	if got := r.pull("ro", uri+"#"+base64.RawURLEncoding.EncodeToString(sum[:])).sent(t); got.Get("code") == "" {
		t.Errorf("with its hash: %v", got)
	}
	// A fragment that was registered so is part of the address.
	if got := r.pull("ro", r.published.at("/fixed", raw)+"#hash").sent(t); got.Get("code") == "" {
		t.Errorf("with the registered fragment: %v", got)
	}
	asked := r.published.asked.Load()
	for name, row := range map[string]struct{ uri, code string }{
		"wrong hash":         {uri + "#" + base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "invalid_request_uri"},
		"not there":          {r.published.URL + "/missing", "invalid_request_uri"},
		"redirect elsewhere": {r.published.at("/redirect", "redirect"), "invalid_request_uri"},
		"huge":               {r.published.at("/huge", strings.Repeat("x", 40_000)), "invalid_request_uri"},
	} {
		t.Run(name, func(*testing.T) {
			r.wantSent(r.get("/authorize", url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {row.uri}}), row.code)
		})
	}
	if n := r.published.asked.Load() - asked; n != 4 {
		t.Errorf("%d requests", n)
	}
	r.published.at("/request", unsigned(r.ask("ro"), "none"))
	r.wantSent(r.get("/authorize", url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {uri}}), "request_not_supported")
}

// An unsigned object is never taken. Of a client that promised to sign it is a forgery, of
// any other what this provider does not support.
func TestAttackUnsignedObject(t *testing.T) {
	for want, change := range map[string]func(*config.Client){
		"request_not_supported":  func(*config.Client) {},
		"invalid_request_object": func(c *config.Client) { c.RequestObjectSigningAlg = "ES256" },
	} {
		site := publish(t)
		all := requesters(site)
		for i := range all {
			change(&all[i])
		}
		r := newRigFor(t, all, site)
		r.wantSent(r.bySigned("ro", unsigned(r.ask("ro"), "none"), outside()), want)
		r.wantPage(r.bySigned("ro", unsigned(r.ask("ro"), "none"), nil))
		if r.login.count() != 0 {
			t.Error("a login began")
		}
	}
}

// Nothing but a registered address is ever asked, whatever a request names.
func TestAttackRequestURIForgery(t *testing.T) {
	r := newRequestRig(t)
	site := r.published
	site.at("/request", by(t, "ES256", r.ask("ro"), nil))
	for _, uri := range []string{
		site.URL + "/", site.URL + "/request?x", site.URL + "/request/", site.URL + "/./request", site.URL + "/fixed", site.URL + "/fixed#other",
		strings.Replace(site.URL, "https://", "https://a@", 1) + "/request", strings.Replace(site.URL, "https", "HTTPS", 1) + "/request",
		"http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "gopher://127.0.0.1:1/", "//x", "x", "urn:example:1", site.URL + "/request\x00", " " + site.URL + "/request",
	} {
		r.wantSent(r.get("/authorize", url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {uri}}), "invalid_request_uri")
		r.wantSent(r.get("/authorize", url.Values{"client_id": {"web"}, "redirect_uri": {webURI}, "request_uri": {uri}}), "request_uri_not_supported")
	}
	if n := site.asked.Load(); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	both := url.Values{"client_id": {"ro"}, "redirect_uri": {webURI}, "request_uri": {site.URL + "/request"}, "request": {"x"}}
	r.wantSent(r.get("/authorize", both), "invalid_request")
}

// A member that stands there twice is refused: two readers could each take another one.
func TestAttackRequestObjectWithAMemberTwice(t *testing.T) {
	r := newRequestRig(t)
	payload := fmt.Sprintf(`{"client_id":"ro","redirect_uri":%q,"response_type":"code","scope":"openid","scope":"openid email"}`, webURI)
	r.wantSent(r.bySigned("ro", signedText(t, "ES256", payload), outside()), "invalid_request_object")
}
