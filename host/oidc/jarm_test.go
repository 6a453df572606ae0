package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
)

// response checks an answer's signature with the provider's published keys, and gives its
// claims.
func (r *rig) response(a reply, alg string) map[string]any {
	r.Helper()
	sent := a.sent(r.T)
	if len(sent) != 1 {
		r.Fatalf("beside the response stands something: %v", sent)
	}
	set, err := jwk.Parse([]byte(r.get("/jwks", nil).body))
	if err != nil {
		r.Fatal(err)
	}
	raw := sent.Get("response")
	m, err := jws.Parse([]byte(raw))
	if err != nil {
		r.Fatal(err)
	}
	if got := m.Signatures()[0].ProtectedHeaders().Algorithm(); got != jwa.SignatureAlgorithm(alg) {
		r.Errorf("signed with %s, want %s", got, alg)
	}
	if _, err := jws.Verify([]byte(raw), jws.WithKeySet(set)); err != nil {
		r.Error(err)
	}
	return claims(r.T, raw)
}

func TestSignedResponse(t *testing.T) {
	r := newRig(t)
	for mode, status := range map[string]int{"jwt": http.StatusSeeOther, "query.jwt": http.StatusSeeOther, "form_post.jwt": http.StatusOK} {
		a := r.get("/authorize", good("spa", url.Values{"response_mode": {mode}}))
		if a.StatusCode != status {
			t.Errorf("%s: status %d", mode, a.StatusCode)
		}
		got := r.response(a, "RS256")
		code, _ := got["code"].(string)
		delete(got, "code")
		want := map[string]any{"iss": r.server.URL, "aud": "spa", "exp": float64(unix(r.clock.now().Add(5 * time.Minute))), "state": "the state"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if a := r.post("/token", exchange(code, nil)); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", mode, a.body)
		}
	}
}

// Errors are signed too: those of a request, of a request object, and of a login.
func TestSignedErrors(t *testing.T) {
	r := newRigWith(t, []config.Client{{
		ID: "jarm", JWKS: keySet("ES256"), RedirectURIs: []string{spaURI}, AuthorizationSignedResponseAlg: "ES256",
	}})
	ask := func(extra url.Values) url.Values {
		q := good("jarm", url.Values{"response_mode": {"jwt"}})
		maps.Copy(q, extra)
		return q
	}
	for name, row := range map[string]struct {
		extra url.Values
		code  string
	}{
		"scope":          {url.Values{"scope": {"root"}}, "invalid_scope"},
		"request object": {url.Values{"request": {"x"}}, "invalid_request_object"},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.response(r.get("/authorize", ask(row.extra)), "ES256")
			if got["error"] != row.code || got["state"] != "the state" || got["aud"] != "jarm" {
				t.Errorf("got %v", got)
			}
		})
	}
	r.login.change = func(f *login.Finished) {
		f.Run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
	}
	if got := r.response(r.get("/authorize", ask(nil)), "ES256"); got["error"] != "access_denied" {
		t.Errorf("got %v", got)
	}
}

// A signed answer is no ID token, though the same key signs both.
func TestAttackSignedResponseAsIDToken(t *testing.T) {
	r := newRig(t)
	raw := r.get("/authorize", good("spa", url.Values{"response_mode": {"jwt"}})).sent(t).Get("response")
	r.wantSent(r.get("/authorize", good("spa", url.Values{"id_token_hint": {raw}})), "invalid_request")
}

func TestResponseModesThatDoNotExist(t *testing.T) {
	r := newRig(t)
	for _, mode := range []string{"fragment", "fragment.jwt", "form_post.jwt.jwt", ".jwt", "JWT"} {
		r.wantSent(r.get("/authorize", good("spa", url.Values{"response_mode": {mode}})), "invalid_request")
	}
}
