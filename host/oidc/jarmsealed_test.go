package oidc_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/token"
)

// askSealed asks as the client sealed, for an answer in a response mode; extra as in good.
func askSealed(mode string, extra url.Values) url.Values {
	q := good("sealed", url.Values{"redirect_uri": {spaURI}, "response_mode": {mode}})
	maps.Copy(q, extra)
	return q
}

// sealedResponse opens the one parameter of an answer and checks what is inside with the
// provider's published keys: both as a client would, and the first by another library than the
// provider's.
func (r *rig) sealedResponse(a reply, how clientkey.Encryption, pair string) (inside string, said map[string]any) {
	r.Helper()
	sent := a.sent(r.T)
	if len(sent) != 1 {
		r.Fatalf("beside the response stands something: %v", sent)
	}
	header, inside := decrypted(r.T, sent.Get("response"), how.Alg, how.Enc, pair)
	if header.ExtraHeaders["cty"] != "JWT" || header.KeyID != pairs()[pair].kid {
		r.Errorf("header %+v", header) // RFC 7519 5.2
	}
	r.wantSigned(inside)
	return inside, claims(r.T, inside)
}

// wantSigned checks a signature with the provider's published keys.
func (r *rig) wantSigned(raw string) {
	r.Helper()
	set, err := jwk.Parse([]byte(r.get("/jwks", nil).body))
	if err != nil {
		r.Fatal(err)
	}
	if _, err := jws.Verify([]byte(raw), jws.WithKeySet(set)); err != nil {
		r.Error(err)
	}
}

// sealedAnswers is a client whose answers are encrypted.
func sealedAnswers(how clientkey.Encryption, c config.Client) config.Client {
	c.AuthorizationEncryption, c.AuthorizationSignedResponseAlg = how, token.ES256
	c = sealedClient(c)
	c.RedirectURIs = []string{spaURI}
	return c
}

// JARM 2.2: signed, then encrypted; codes, and errors of requests and of logins.
func TestEncryptedResponse(t *testing.T) {
	for _, how := range []clientkey.Encryption{{Alg: "RSA-OAEP-256", Enc: "A256GCM"}, {Alg: "ECDH-ES", Enc: "A128CBC-HS256"}, {Alg: "ECDH-ES+A256KW", Enc: "A256CBC-HS512"}} {
		t.Run(how.Alg+" "+how.Enc, func(t *testing.T) {
			pair := "ES256"
			if strings.HasPrefix(how.Alg, "RSA") {
				pair = "RS256"
			}
			r := newRigWith(t, append(clients(), sealedAnswers(how, config.Client{JWKS: keySet("EdDSA", pair)})))
			for _, mode := range []string{"jwt", "query.jwt", "form_post.jwt"} {
				a := r.get("/authorize", askSealed(mode, nil))
				_, got := r.sealedResponse(a, how, pair)
				code, _ := got["code"].(string)
				if got["iss"] != r.server.URL || got["aud"] != "sealed" || got["state"] != "the state" || code == "" {
					t.Errorf("%s: %v", mode, got)
				}
				if a := r.post("/token", exchange(code, url.Values{"client_id": nil}), basic("sealed", secret)); a.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", mode, a.body)
				}
			}
			if _, got := r.sealedResponse(r.get("/authorize", askSealed("jwt", url.Values{"scope": {"root"}})), how, pair); got["error"] != "invalid_scope" || got["state"] != "the state" {
				t.Errorf("fault of a request: %v", got)
			}
			r.login.change = func(f *login.Finished) {
				f.Run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
			}
			if _, got := r.sealedResponse(r.get("/authorize", askSealed("jwt", nil)), how, pair); got["error"] != "access_denied" {
				t.Errorf("fault of a login: %v", got)
			}
		})
	}
}

// What is registered is how JWTs are encrypted. A client that asks for a plain answer gets one,
// as it does when a signature is registered.
func TestEncryptedResponseIsForJWTs(t *testing.T) {
	how := clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	r := newRigWith(t, append(clients(), sealedAnswers(how, config.Client{JWKS: keySet("ES256")})))
	if got := r.get("/authorize", askSealed("query", nil)).sent(t); got.Get("code") == "" || got.Has("response") {
		t.Errorf("%v", got)
	}
}

// Tokens in the answer are encrypted as a code is.
func TestEncryptedResponseWithTokens(t *testing.T) {
	how := clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	c := sealedAnswers(how, config.Client{JWKS: keySet("ES256"), ResponseTypes: []string{bothOn}, GrantTypes: []string{"implicit"}})
	r := newRigFor(t, []config.Client{c}, publish(t), func(r *rig) { r.implicit = []string{bothOn} })
	a := r.get("/authorize", askSealed("fragment.jwt", url.Values{"response_type": {bothOn}, "scope": {"openid"}}))
	if _, got := r.sealedResponse(a, how, "ES256"); got["access_token"] == nil || got["id_token"] == nil || got["token_type"] != "Bearer" {
		t.Errorf("%v", got)
	}
}

// A client whose key can't be had is never answered in the clear, be it by an error: its user
// sees a page, is asked nothing, and grants nothing.
func TestEncryptedResponseWithoutKey(t *testing.T) {
	how := clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	site := publish(t)
	r := newRigFor(t, append(clients(), sealedAnswers(how, config.Client{JWKSURI: site.at("/jwks.json", string(keySet("EdDSA")))})), site)
	page := func(what string, a reply) {
		t.Helper()
		if a.StatusCode != http.StatusInternalServerError || !strings.HasPrefix(a.body, "FAULT Something went wrong") || a.Header.Get("Location") != "" || strings.Contains(a.body, "jwks") {
			t.Errorf("%s: %d %q %s", what, a.StatusCode, a.Header.Get("Location"), a.body)
		}
	}
	for _, mode := range []string{"jwt", "query.jwt", "form_post.jwt"} {
		page(mode, r.get("/authorize", askSealed(mode, nil)))
		page(mode+", a fault", r.get("/authorize", askSealed(mode, url.Values{"scope": {"root"}})))
	}
	if r.login.count() != 0 {
		t.Error("the user was asked")
	}
	if got := r.get("/authorize", askSealed("query", nil)).sent(t); got.Get("code") == "" {
		t.Errorf("an answer that is no JWT: %v", got)
	}
	// The key goes while the user signs in, and longer than a set is believed.
	site.at("/jwks.json", string(keySet("EdDSA", "ES256")))
	r.clock.advance(time.Minute)
	before := len(r.events())
	r.login.change = func(*login.Finished) {
		site.at("/jwks.json", "gone")
		r.clock.advance(2 * time.Hour)
	}
	page("gone meanwhile", r.get("/authorize", askSealed("jwt", nil)))
	if r.login.count() != 2 || len(r.events()) != before {
		t.Errorf("%d logins, events %v", r.login.count(), r.events())
	}
	// With a key for it, published later, the next login works.
	site.at("/jwks.json", string(keySet("EdDSA", "ES256")))
	r.clock.advance(time.Minute)
	r.login.change = nil
	if _, got := r.sealedResponse(r.get("/authorize", askSealed("jwt", nil)), how, "ES256"); got["code"] == nil {
		t.Errorf("%v", got)
	}
}

// Attack: an answer is shown to the provider as something else, as it came or opened.
func TestAttackEncryptedResponseAsToken(t *testing.T) {
	how := clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	r := newRigWith(t, append(clients(), sealedAnswers(how, config.Client{JWKS: keySet("ES256")})))
	a := r.get("/authorize", askSealed("jwt", nil))
	inside, _ := r.sealedResponse(a, how, "ES256")
	for name, raw := range map[string]string{"as it came": a.sent(t).Get("response"), "opened": inside} {
		t.Run(name, func(*testing.T) { r.isNoToken(raw) })
	}
}

// isNoToken shows what the provider has signed where it takes tokens, and where it takes what
// clients sign: also by a client whose keys are the provider's.
func (r *rig) isNoToken(raw string) {
	r.Helper()
	r.wantSent(r.get("/authorize", good("spa", url.Values{"id_token_hint": {raw}})), "invalid_request")
	mirror := "mirror" + strconv.Itoa(len(raw))
	r.add(mirror, map[string]any{"token_endpoint_auth_method": "private_key_jwt", "jwks": string(r.keys.JWKS()), "redirect_uris": []any{spaURI}})
	if a := r.userinfo(raw); a.StatusCode != http.StatusUnauthorized {
		r.Errorf("as an access token: %d %s", a.StatusCode, a.body)
	}
	if a := r.get("/logout", url.Values{"id_token_hint": {raw}}); a.StatusCode != http.StatusBadRequest {
		r.Errorf("as a hint at /logout: %d %s", a.StatusCode, a.body)
	}
	if got := r.inspect(raw); len(got) != 1 || got["active"] != false {
		r.Errorf("introspected: %v", got)
	}
	if a := r.exchangeAs("api", raw, nil); a.StatusCode != http.StatusBadRequest {
		r.Errorf("exchanged: %d %s", a.StatusCode, a.body)
	}
	for _, id := range []string{"", mirror} {
		form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {assertionType}, "client_assertion": {raw}}
		if id != "" {
			form.Set("client_id", id)
		}
		r.wantError(r.post("/token", form), http.StatusUnauthorized, "invalid_client")
	}
	r.wantSent(r.get("/authorize", good(mirror, url.Values{"request": {raw}})), "invalid_request_object")
}

// What a client registers about encrypted answers, it is told with what it left out, and can read
// and replace; what could not work is refused.
func TestRegisteredResponseEncryption(t *testing.T) {
	for _, what := range []string{"authorization", "introspection"} {
		t.Run(what, func(t *testing.T) {
			alg, enc := what+"_encrypted_response_alg", what+"_encrypted_response_enc"
			r := newRegistry(t, open)
			jwks := json.RawMessage(keySet("EdDSA", "ES256"))
			for name, row := range map[string]object{
				"enc without alg":      {"jwks": jwks, enc: "A128GCM"},
				"no keys":              {alg: "ECDH-ES"},
				"no key that fits":     {"jwks": jwks, alg: "RSA-OAEP-256"},
				"RSA with PKCS #1 1.5": {"jwks": json.RawMessage(keySet("RS256")), alg: "RSA1_5"},
				"by the secret":        {"jwks": jwks, alg: "dir"},
				"no encryption":        {"jwks": jwks, alg: "none"},
				"unknown enc":          {"jwks": jwks, alg: "ECDH-ES", enc: "A192GCM"},
				"signed by none":       {what + "_signed_response_alg": "none"},
				"signed by the secret": {what + "_signed_response_alg": "HS256"},
			} {
				if a := r.send(http.MethodPost, "/register", "", metadata(row)); a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_client_metadata" {
					t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
				}
			}
			c := r.register(object{"jwks": jwks, alg: "ECDH-ES", what + "_signed_response_alg": "PS256"})
			wantEncryption := func(m map[string]any, wantAlg, wantEnc any) {
				t.Helper()
				if m[alg] != wantAlg || m[enc] != wantEnc {
					t.Errorf("%v with %v, want %v with %v", m[alg], m[enc], wantAlg, wantEnc)
				}
			}
			m := r.send(http.MethodGet, "/register/"+c.id, c.token, nil).json(t)
			wantEncryption(m, "ECDH-ES", "A128CBC-HS256")
			if m[what+"_signed_response_alg"] != "PS256" {
				t.Errorf("signed by %v", m[what+"_signed_response_alg"])
			}
			update := metadata(object{"client_id": c.id, "jwks": jwks, alg: "ECDH-ES+A256KW", enc: "A256GCM"})
			wantEncryption(r.send(http.MethodPut, "/register/"+c.id, c.token, update).json(t), "ECDH-ES+A256KW", "A256GCM")
			wantEncryption(r.send(http.MethodPut, "/register/"+c.id, c.token, metadata(object{"client_id": c.id})).json(t), nil, nil)
		})
	}
	r := newRegistry(t, open)
	r.refusedMetadata(r.send(http.MethodPost, "/register", "", metadata(object{"token_endpoint_auth_method": "none", "introspection_signed_response_alg": "RS256"})))
}
