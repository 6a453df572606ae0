package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/token"
)

const introspectionMedia = "application/token-introspection+jwt"

// accepting sets the header Accept, as many times as there are values.
func accepting(values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Accept"] = values }
}

// inspectJWT asks for a JWT as a resource server does.
func (r *rig) inspectJWT(client string, token any) reply {
	r.Helper()
	raw, _ := token.(string)
	return r.post("/introspect", url.Values{"token": {raw}}, basic(client, secret), accepting(introspectionMedia))
}

// introspectedJWT are the claims of an answer whose signature and type are what they must be (RFC
// 9701 5).
func (r *rig) introspectedJWT(a reply, alg string) map[string]any {
	r.Helper()
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != introspectionMedia || a.Header.Get("Cache-Control") != "no-store" {
		r.Fatalf("%d %v: %s", a.StatusCode, a.Header, a.body)
	}
	return r.introspectionClaims(a.body, alg)
}

func (r *rig) introspectionClaims(raw, alg string) map[string]any {
	r.Helper()
	r.wantSigned(raw)
	m, err := jws.Parse([]byte(raw))
	if err != nil {
		r.Fatal(err)
	}
	if h := m.Signatures()[0].ProtectedHeaders(); h.Type() != "token-introspection+jwt" || h.Algorithm().String() != alg {
		r.Errorf("typ %q, alg %s, want %s", h.Type(), h.Algorithm(), alg)
	}
	return claims(r.T, raw)
}

// RFC 9701 5: the answer holds what it would be as JSON, to the letter, and beside it who says it,
// to whom and when: neither a sub nor an exp.
func TestIntrospectJWT(t *testing.T) {
	for _, alg := range append(token.Algs(), "") {
		t.Run("alg "+alg, func(t *testing.T) {
			r := newRigWith(t, append(clients(), config.Client{ID: "rs", Secret: secret, Introspects: []string{"*"}, IntrospectionSignedResponseAlg: alg}))
			if alg == "" {
				alg = "RS256" // RFC 9701 6
			}
			tokens := r.tokens(nil)
			for name, raw := range map[string]any{"active": tokens["access_token"], "no token": "a.b.c", "another's refresh token": tokens["refresh_token"], "an ID token": tokens["id_token"]} {
				want := map[string]any{"iss": r.server.URL, "aud": "rs", "iat": float64(unix(r.clock.now())), "token_introspection": r.inspect(raw)}
				if diff := cmp.Diff(want, r.introspectedJWT(r.inspectJWT("rs", raw), alg)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			// RFC 9701 5: of a token that is worth nothing, active alone.
			if got := r.introspectedJWT(r.inspectJWT("rs", "a.b.c"), alg)["token_introspection"]; !cmp.Equal(got, any(inactive)) {
				t.Errorf("inactive: %v", got)
			}
		})
	}
}

// RFC 9701 4: the header decides, whatever is registered. What is not named is not asked for.
func TestIntrospectJWTIsAskedFor(t *testing.T) {
	r := newRigWith(t, append(clients(), config.Client{
		ID: "rs", Secret: secret, Introspects: []string{"*"}, JWKS: keySet("ES256"), TokenEndpointAuthMethod: "client_secret_basic",
		IntrospectionSignedResponseAlg: token.ES256, IntrospectionEncryption: clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"},
	}))
	access := r.tokens(nil)["access_token"].(string)
	for name, row := range map[string]struct {
		accept []string
		jwt    bool
	}{
		"nothing": {nil, false}, "empty": {[]string{""}, false}, "anything": {[]string{"*/*"}, false}, "any application": {[]string{"application/*"}, false},
		"JSON": {[]string{"application/json"}, false}, "any JWT": {[]string{"application/jwt"}, false}, "without application": {[]string{"token-introspection+jwt"}, false},
		"named": {[]string{introspectionMedia}, true}, "in capitals": {[]string{"Application/Token-Introspection+JWT"}, true},
		"beside JSON": {[]string{"application/json, " + introspectionMedia}, true}, "weaker than JSON": {[]string{"application/json," + introspectionMedia + ";q=0.1"}, true},
		"in a second header": {[]string{"application/json", introspectionMedia}, true}, "with a parameter": {[]string{introspectionMedia + `;a="b";q=1`}, true},
		"not acceptable": {[]string{"*/*, " + introspectionMedia + ";q=0"}, false}, "not acceptable, in full": {[]string{introspectionMedia + "; q=0.000"}, false},
		"a weight that is none": {[]string{introspectionMedia + ";q=high"}, false}, "no number": {[]string{introspectionMedia + ";q=NaN"}, false},
		"longer": {[]string{introspectionMedia + "s"}, false}, "two weights": {[]string{introspectionMedia + ";q=1;q=0"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(req *http.Request) {
				if row.accept != nil {
					accepting(row.accept...)(req)
				}
			}
			a := r.post("/introspect", url.Values{"token": {access}}, basic("web", secret), change)
			kind := map[bool]string{true: introspectionMedia, false: "application/json"}[row.jwt]
			if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != kind {
				t.Errorf("%d %s, want %s", a.StatusCode, a.Header.Get("Content-Type"), kind)
			}
		})
	}
	// Registered for a signature and for encryption, and not asking: RFC 7662.
	if got := r.post("/introspect", url.Values{"token": {access}}, basic("rs", secret)).json(t); got["active"] != true {
		t.Errorf("%v", got)
	}
}

// RFC 9701 4, 5 and 8.2: only who proves itself is answered. Who does not try to gets a 400, whose
// proof is wrong the 401 of RFC 7662 2.3; errors are JSON (RFC 7662 2.3).
func TestIntrospectJWTNeedsAClient(t *testing.T) {
	r := newRig(t)
	access := r.tokens(nil)["access_token"].(string)
	form := func(extra url.Values) url.Values {
		extra.Set("token", access)
		return extra
	}
	jwt := accepting(introspectionMedia)
	for name, row := range map[string]struct {
		a      reply
		status int
	}{
		"nobody":          {r.post("/introspect", form(url.Values{}), jwt), http.StatusBadRequest},
		"public client":   {r.post("/introspect", form(url.Values{"client_id": {"spa"}}), jwt), http.StatusBadRequest},
		"only named":      {r.post("/introspect", form(url.Values{"client_id": {"post"}}), jwt), http.StatusBadRequest},
		"wrong secret":    {r.post("/introspect", form(url.Values{}), basic("web", "guess"), jwt), http.StatusUnauthorized},
		"in the body":     {r.post("/introspect", form(url.Values{"client_id": {"post"}, "client_secret": {"guess"}}), jwt), http.StatusUnauthorized},
		"by the token":    {r.post("/introspect", form(url.Values{}), bearer(access), jwt), http.StatusUnauthorized},
		"nobody, no JWT":  {r.post("/introspect", form(url.Values{})), http.StatusUnauthorized},
		"wrong assertion": {r.post("/introspect", form(url.Values{"client_assertion_type": {assertionType}, "client_assertion": {access}}), jwt), http.StatusUnauthorized},
	} {
		t.Run(name, func(*testing.T) {
			r.wantError(row.a, row.status, "invalid_client")
			if challenge := row.a.Header.Get("WWW-Authenticate"); (row.status == http.StatusUnauthorized) != (challenge != "") {
				t.Errorf("challenge %q", challenge) // RFC 9110 15.5.2
			}
		})
	}
	r.wantError(r.post("/introspect", url.Values{}, basic("web", secret), jwt), http.StatusBadRequest, "invalid_request")
}

// RFC 9701 5 and RFC 7519 11.2: signed, then encrypted. The type is that of what is signed (RFC
// 8725 3.11).
func TestIntrospectEncryptedJWT(t *testing.T) {
	how := clientkey.Encryption{Alg: "RSA-OAEP-256", Enc: "A256GCM"}
	site := publish(t)
	r := newRigFor(t, append(clients(), config.Client{
		ID: "rs", Secret: secret, Introspects: []string{"*"}, JWKSURI: site.at("/jwks.json", string(keySet("ES256", "RS256"))), IntrospectionSignedResponseAlg: token.PS256, IntrospectionEncryption: how,
	}), site)
	access := r.tokens(nil)["access_token"]
	a := r.inspectJWT("rs", access)
	header, inside := decrypted(t, a.body, how.Alg, how.Enc, "RS256")
	if header.ExtraHeaders["cty"] != "JWT" || a.Header.Get("Content-Type") != introspectionMedia {
		t.Errorf("%+v, %v", header, a.Header)
	}
	if got := r.introspectionClaims(inside, "PS256"); !cmp.Equal(got["token_introspection"], any(r.inspect(access))) || got["aud"] != "rs" {
		t.Errorf("%v", got)
	}
	// Without its key the client gets an error, and never a JWT that is only signed.
	site.at("/jwks.json", string(keySet("ES256")))
	r.clock.advance(11 * 60 * 1e9)
	for _, raw := range []any{access, "a.b.c"} {
		got := r.inspectJWT("rs", raw)
		r.wantError(got, http.StatusInternalServerError, "server_error")
		if strings.Contains(got.body, "active") || strings.Contains(got.body, "eyJ") {
			t.Error(got.body)
		}
	}
}

// Attack: what a token says is shown to the provider as a token, an assertion or a request (RFC
// 9701 8.1): of a token that is worth something, and opened where it was encrypted.
func TestAttackIntrospectionAsToken(t *testing.T) {
	how := clientkey.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}
	r := newRigWith(t, append(clients(), config.Client{
		ID: "rs", Secret: secret, TokenEndpointAuthMethod: "client_secret_basic", Introspects: []string{"*"}, JWKS: keySet("ES256"), IntrospectionEncryption: how,
	}))
	access := r.tokens(nil)["access_token"]
	sealed := r.inspectJWT("rs", access).body
	_, inside := decrypted(t, sealed, how.Alg, how.Enc, "ES256")
	for name, raw := range map[string]string{"signed": r.inspectJWT("web", access).body, "encrypted": sealed, "opened": inside} {
		t.Run(name, func(*testing.T) { r.isNoToken(raw) })
	}
}
