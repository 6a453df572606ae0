package oidc_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// pushers are clients that push their requests.
func pushers() []config.Client {
	return append(signers(),
		config.Client{ID: "must", Secret: secret, RedirectURIs: []string{webURI}, RequirePushedAuthorizationRequests: true},
	)
}

// push pushes a request that works, as web; extra as in good.
func (r *rig) push(extra url.Values) reply {
	r.Helper()
	return r.post("/par", good("web", extra), basic("web", secret))
}

// pushed is the request_uri of a request that was taken.
func (r *rig) pushed(a reply) string {
	r.Helper()
	if a.StatusCode != http.StatusCreated {
		r.Fatalf("not taken: %d %s", a.StatusCode, a.body)
	}
	return a.json(r.T)["request_uri"].(string)
}

// pull goes to the authorization endpoint with a request_uri and nothing else.
func (r *rig) pull(client, uri string) reply {
	r.Helper()
	return r.get("/authorize", url.Values{"client_id": {client}, "request_uri": {uri}})
}

func (r *rig) wantPage(a reply) {
	r.Helper()
	if a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(a.body, "FAULT ") || a.Header.Get("Location") != "" {
		r.Errorf("no page: %d %s to %q", a.StatusCode, a.body, a.Header.Get("Location"))
	}
}

func (r *rig) wantCode(a reply) {
	r.Helper()
	if got := a.sent(r.T); got.Get("code") == "" {
		r.Errorf("no code: %v", got)
	}
}

// wantSent checks the error that a client gets.
func (r *rig) wantSent(a reply, code string) {
	r.Helper()
	if got := a.sent(r.T); got.Get("error") != code || got.Get("code") != "" || got.Get("iss") != r.server.URL {
		r.Errorf("client got %v, want %s", got, code)
	}
	r.wantDescription(a.sent(r.T).Get("error_description"))
}

func TestPushedRequest(t *testing.T) {
	r := newRigWith(t, pushers())
	a := r.push(url.Values{"acr_values": {"2.5"}, "max_age": {"60"}})
	if a.json(t)["expires_in"] != 90.0 || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, headers %v", a.body, a.Header)
	}
	uri := r.pushed(a)
	if !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") || len(uri) < 34+43 {
		t.Errorf("request_uri %q", uri)
	}
	got := r.pull("web", uri)
	if sent := got.sent(t); sent.Get("code") == "" || sent.Get("state") != "the state" {
		t.Fatalf("answer %v", sent)
	}
	if begun := r.login.last(t); *begun.MaxAge != time.Minute || begun.RawACR != "2.5" {
		t.Errorf("begun %+v", begun)
	}
	tokens := r.post("/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {got.sent(t).Get("code")}, "redirect_uri": {webURI}, "code_verifier": {verifier},
	}, basic("web", secret))
	if tokens.StatusCode != http.StatusOK {
		t.Error(tokens.body)
	}
}

func TestPushedRequestOfAnyClient(t *testing.T) {
	r := newRigWith(t, pushers())
	form := good("key", url.Values{"redirect_uri": {webURI}, "client_assertion_type": {assertionType}})
	form.Set("client_assertion", by(t, "ES256", r.assertion("key").with(object{"aud": r.server.URL + "/par"}), nil)) // RFC 9126 2
	if got := r.pull("key", r.pushed(r.post("/par", form))).sent(t); got.Get("code") == "" {
		t.Errorf("private_key_jwt: %v", got)
	}
	if got := r.pull("spa", r.pushed(r.post("/par", good("spa", nil)))).sent(t); got.Get("code") == "" {
		t.Errorf("public: %v", got)
	}
	// The body need not name the client that the header proves.
	form = good("web", url.Values{"client_id": {}})
	if got := r.pull("web", r.pushed(r.post("/par", form, basic("web", secret)))).sent(t); got.Get("code") == "" {
		t.Errorf("no client_id: %v", got)
	}
}

// Secrets that prove the client are not kept with its request.
func TestPushedRequestKeepsNoSecret(t *testing.T) {
	r := newRigWith(t, pushers())
	form := good("key", url.Values{"redirect_uri": {webURI}, "client_assertion_type": {assertionType}})
	form.Set("client_assertion", by(t, "ES256", r.assertion("key"), nil))
	uri := r.pushed(r.post("/par", form))
	r.pull("key", uri)
	if text := fmt.Sprintf("%s%s", r.login.last(t).Resume, r.log); strings.Contains(text, form.Get("client_assertion")) || strings.Contains(text, uri) {
		t.Error("the assertion or the request_uri is in the log or with the login")
	}
}

func TestPushRefuses(t *testing.T) {
	r := newRigWith(t, pushers())
	for name, row := range map[string]struct {
		extra url.Values
		code  string
	}{
		"request_uri":                {url.Values{"request_uri": {"urn:ietf:params:oauth:request_uri:x"}}, "invalid_request"},
		"two redirect URIs":          {url.Values{"redirect_uri": {webURI, webURI}}, "invalid_request"},
		"unregistered redirect URI":  {url.Values{"redirect_uri": {"https://evil.example"}}, "invalid_request"},
		"no redirect URI":            {url.Values{"redirect_uri": {}}, "invalid_request"},
		"response_type":              {url.Values{"response_type": {"token"}}, "unsupported_response_type"},
		"no response_type":           {url.Values{"response_type": {}}, "invalid_request"},
		"scope":                      {url.Values{"scope": {"root"}}, "invalid_scope"},
		"plain PKCE":                 {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"prompt":                     {url.Values{"prompt": {"none login"}}, "invalid_request"},
		"claims":                     {url.Values{"claims": {"{"}}, "invalid_request"},
		"id_token_hint":              {url.Values{"id_token_hint": {"a.b.c"}}, "invalid_request"},
		"another client's id":        {url.Values{"client_id": {"must"}}, "invalid_request"},
		"request of another issuer":  {url.Values{"request": {"e30.e30."}}, "request_not_supported"},
		"unsupported response mode":  {url.Values{"response_mode": {"fragment"}}, "invalid_request"},
		"state twice":                {url.Values{"state": {"a", "b"}}, "invalid_request"},
		"registration":               {url.Values{"registration": {"{}"}}, "registration_not_supported"},
		"repeated":                   {url.Values{"scope": {"openid", "email"}}, "invalid_request"},
		"request and request_uri":    {url.Values{"request": {"x"}, "request_uri": {"y"}}, "invalid_request"},
		"a secret beside the header": {url.Values{"client_secret": {secret}}, "invalid_request"},
	} {
		t.Run(name, func(*testing.T) { r.wantError(r.push(row.extra), http.StatusBadRequest, row.code) })
	}
	r.wantError(r.post("/par", good("web", nil)), http.StatusUnauthorized, "invalid_client")
	r.wantError(r.post("/par", good("web", nil), basic("web", "wrong")), http.StatusUnauthorized, "invalid_client")
	if len(r.login.started) != 0 {
		t.Error("a login began")
	}
	// Whether the user consents is not asked before there is one (RFC 9126 2.3).
	r.wantSent(r.pull("web", r.pushed(r.push(url.Values{"prompt": {"consent"}}))), "consent_required")
}

func TestPushedRequestIsRequired(t *testing.T) {
	r := newRigWith(t, pushers())
	r.wantSent(r.get("/authorize", good("must", url.Values{"redirect_uri": {webURI}})), "invalid_request")
	uri := r.pushed(r.post("/par", good("must", url.Values{"redirect_uri": {webURI}}), basic("must", secret)))
	if got := r.pull("must", uri).sent(t); got.Get("code") == "" {
		t.Errorf("pushed: %v", got)
	}
}

// A request_uri that is no good is a page: nothing that stands beside it is proven.
func TestAttackRequestURIReplay(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	if r.pull("web", uri).sent(t).Get("code") == "" {
		t.Fatal("no code")
	}
	r.wantPage(r.pull("web", uri))
	r.wantPage(r.get("/authorize", good("web", url.Values{"request_uri": {uri}})))
	r.wantPage(r.pull("web", "urn:ietf:params:oauth:request_uri:unknown"))
	r.wantPage(r.pull("web", "urn:ietf:params:oauth:request_uri:"))

	uri = r.pushed(r.push(nil))
	r.clock.advance(90 * time.Second)
	r.wantPage(r.pull("web", uri))

	uri = r.pushed(r.push(nil))
	var codes, used atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch a := r.pull("web", uri); {
			case a.StatusCode == http.StatusBadRequest, a.sent(t).Get("error") == "invalid_request_uri" && !a.sent(t).Has("code"):
				used.Add(1)
			case a.sent(t).Get("code") != "":
				codes.Add(1)
			}
		})
	}
	wg.Wait()
	if codes.Load() != 1 || used.Load() != 7 {
		t.Errorf("%d codes of one pushed request, %d others", codes.Load(), used.Load())
	}
}

// begun begins a login with a request_uri and leaves it open: end ends it.
func (r *rig) begun(client, uri string) (end func(...func(*login.Finished)) login.Response) {
	r.Helper()
	r.login.err = errors.New("not yet")
	defer func() { r.login.err = nil }()
	before := r.login.count()
	a := r.pull(client, uri)
	if r.login.count() != before+1 {
		r.Fatalf("no login began: %d %s", a.StatusCode, a.body)
	}
	open := r.login.last(r.T)
	run := fmt.Sprint("r", r.login.count())
	return func(change ...func(*login.Finished)) login.Response {
		r.Helper()
		f := login.Finished{
			Run: &journey.Run{
				ID: run, Journey: open.Journey, Request: open.Request, RawACR: open.RawACR, Interactive: open.Interactive, Deadline: r.clock.now().Add(time.Hour),
				ACR: new("2.0"), Subject: &abi.Subject{ID: "u-alice", Username: "alice"}, End: &journey.End{Terminal: journey.Success},
			},
			Resume: open.Resume, AuthTime: r.clock.now(), AMR: []string{"pwd"},
		}
		for _, c := range change {
			c(&f)
		}
		resp, err := r.provider.Finish(r.Context(), f)
		if err != nil {
			r.Fatal(err)
		}
		return resp
	}
}

// A pushed request may be looked at again until it is answered, by the page that is loaded
// once more or by whoever looks at links before users do; it is answered once, and a login
// may take longer than the request waits for its browser.
func TestPushedRequestIsAnsweredOnce(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	first, second := r.begun("web", uri), r.begun("web", uri)
	r.clock.advance(80 * time.Second)
	third := r.begun("web", uri)
	r.clock.advance(30 * time.Minute)
	r.wantPage(r.pull("web", uri)) // it no longer waits
	if got := second().Params; got.Get("code") == "" {
		t.Fatalf("answer %v", got)
	}
	// The same run may end once more, where its end could not be stored.
	if got := second().Params; got.Get("code") == "" {
		t.Errorf("the same run again: %v", got)
	}
	r.clock.advance(30*time.Minute + 89*time.Second)
	for name, end := range map[string]func(...func(*login.Finished)) login.Response{"first": first, "third": third} {
		if got := end().Params; got.Get("error") != "invalid_request_uri" || got.Has("code") || got.Get("state") != "the state" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Attack: who was refused can't try the same request again.
func TestAttackRequestURIAfterARefusal(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	denied, other := r.begun("web", uri), r.begun("web", uri)
	got := denied(func(f *login.Finished) {
		f.Run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied", Refused: true}
	}).Params
	if got.Get("error") != "access_denied" {
		t.Fatalf("answer %v", got)
	}
	r.wantPage(r.pull("web", uri))
	if got := other().Params; got.Get("error") != "invalid_request_uri" {
		t.Errorf("another login of it: %v", got)
	}
}

// Attack: a request_uri that is posted without the browser's cookies is one request still.
func TestAttackRequestURIPostedTwice(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	form := url.Values{"client_id": {"web"}, "request_uri": {uri}}
	foreign := func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }
	codes := 0
	for range 2 {
		a := r.post("/authorize", form, foreign)
		if a.StatusCode == http.StatusSeeOther {
			where, err := a.Location()
			if err != nil || where.Path != "/authorize" {
				t.Fatalf("to %v, %v", where, err)
			}
			a = r.get("/authorize", where.Query())
		}
		if a.StatusCode == http.StatusSeeOther && a.sent(t).Has("code") {
			codes++
		}
	}
	if codes != 1 {
		t.Errorf("%d codes of one pushed request", codes)
	}
}

// Another client can neither use a pushed request nor use it up.
func TestAttackRequestURIOfAnotherClient(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	r.wantPage(r.pull("must", uri))
	r.wantPage(r.get("/authorize", url.Values{"request_uri": {uri}}))
	if got := r.pull("web", uri).sent(t); got.Get("code") == "" {
		t.Errorf("answer %v", got)
	}
}

// What an attacker adds to the address changes nothing.
func TestAttackParametersBesideAPushedRequest(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(url.Values{"acr_values": {"2.5"}, "scope": {"openid"}}))
	a := r.get("/authorize", url.Values{
		"client_id": {"web"}, "request_uri": {uri}, "acr_values": {"0"}, "scope": {"openid email"}, "prompt": {"none"}, "login_hint": {"mallory"},
		"redirect_uri": {"https://evil.example"}, "state": {"evil"}, "response_mode": {"form_post"}, "nonce": {"evil"}, "code_challenge": {"evil"},
	})
	if got := a.sent(t); a.StatusCode != http.StatusSeeOther || got.Get("state") != "the state" || got.Get("code") == "" {
		t.Fatalf("answer %v", got)
	}
	begun := r.login.last(t)
	if begun.RawACR != "2.5" || len(begun.Request.Scope) != 1 || !begun.Interactive || begun.Request.LoginHint != nil {
		t.Errorf("begun %+v", begun)
	}
}

// A client that lost its redirect URI while its request waited gets nothing.
func TestPushedRequestIsCheckedAgain(t *testing.T) {
	r := newRigWith(t, pushers())
	uri := r.pushed(r.push(nil))
	changed := newRigWith(t, []config.Client{{ID: "web", Secret: secret, RedirectURIs: []string{"https://web.example.com/new"}}})
	record, err := r.store.Get(t.Context(), "par", keyOf(uri))
	if err != nil {
		t.Fatal(err)
	}
	record.Version = 0
	if _, err := changed.store.Put(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	changed.wantPage(changed.pull("web", uri))
}

// RFC 9449 10.1: a proof with the push binds the code to its key.
func TestPushedRequestIsBoundToAProof(t *testing.T) {
	r := newRigWith(t, pushers())
	p := r.prover()
	prove := func(q *http.Request) { q.Header.Set("DPoP", p.proof(http.MethodPost, "/par", "")) }
	form := good("web", nil)
	uri := r.pushed(r.post("/par", form, basic("web", secret), prove))
	code := r.pull("web", uri).sent(t).Get("code")
	redeem := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webURI}, "code_verifier": {verifier}}
	if a := r.post("/token", redeem, basic("web", secret)); a.StatusCode == http.StatusOK {
		t.Error("redeemed without the key")
	}
	form.Set("dpop_jkt", r.prover().jkt)
	r.wantError(r.post("/par", form, basic("web", secret), prove), http.StatusBadRequest, "invalid_dpop_proof")
}
