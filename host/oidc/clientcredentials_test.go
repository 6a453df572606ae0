package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/acrhost/acrhost/host/config"
)

func (r *rig) robot(client string, extra url.Values) reply {
	r.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	maps.Copy(form, extra)
	return r.post("/token", form, basic(client, secret))
}

func TestClientCredentials(t *testing.T) {
	r := newRig(t)
	a := r.robot("robot", nil)
	got := a.json(t)
	if a.StatusCode != http.StatusOK || got["scope"] != "jobs logs" || got["refresh_token"] != nil || got["id_token"] != nil || got["expires_in"] != 300.0 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	access := claims(t, got["access_token"])
	if access["sub"] != "robot" || access["client_id"] != "robot" || access["aud"] != r.server.URL {
		t.Errorf("%v", access)
	}
	for _, name := range []string{"acr", "amr", "auth_time"} {
		if access[name] != nil {
			t.Errorf("%s is %v where nobody signed in", name, access[name])
		}
	}
	said := r.introspected(got["access_token"])
	if said["active"] != true || said["sub"] != "robot" || said["username"] != nil || said["acr"] != nil || said["scope"] != "jobs logs" {
		t.Errorf("introspection %v", said)
	}
	if got := r.robot("robot", url.Values{"scope": {"logs"}}).json(t); got["scope"] != "logs" {
		t.Errorf("%v", got)
	}
	// The client, and the operator, can end it.
	r.post("/revoke", url.Values{"token": {got["access_token"].(string)}}, basic("robot", secret))
	if said := r.introspected(got["access_token"]); said["active"] != false {
		t.Errorf("after its revocation: %v", said)
	}
}

func TestClientCredentialsRefused(t *testing.T) {
	r := newRig(t)
	r.wantError(r.robot("robot", url.Values{"scope": {"jobs root"}}), http.StatusBadRequest, "invalid_scope")
	r.wantError(r.robot("robot", url.Values{"scope": {"openid"}}), http.StatusBadRequest, "invalid_scope")
	r.wantError(r.robot("robot", url.Values{"scope": {" "}}), http.StatusBadRequest, "invalid_scope")
	r.wantError(r.robot("web", nil), http.StatusBadRequest, "unauthorized_client")
	public := url.Values{"grant_type": {"client_credentials"}, "client_id": {"public-robot"}}
	r.wantError(r.post("/token", public), http.StatusBadRequest, "unauthorized_client")
	r.wantError(r.post("/token", url.Values{"grant_type": {"client_credentials"}}, basic("robot", "wrong")), http.StatusUnauthorized, "invalid_client")
	// Attack: a client whose id is a user's asks who that user is.
	raw := r.robot("robot", nil).json(t)["access_token"].(string)
	r.refusedInScope(r.userinfo(raw))
}

func (r *rig) refusedInScope(a reply) {
	r.Helper()
	if a.StatusCode != http.StatusForbidden {
		r.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestClientCredentialsDPoP(t *testing.T) {
	p := newRig(t).prover()
	a := p.post("/token", url.Values{"grant_type": {"client_credentials"}}, basic("robot", secret), withProof(p.proof("POST", "/token", "")))
	if cnf, _ := claims(t, a.json(t)["access_token"])["cnf"].(map[string]any); cnf["jkt"] != p.jkt {
		t.Errorf("%s", a.body)
	}
}

// RFC 6749 3.3: a scope has one word at least, so that none is no member at all.
func TestClientCredentialsWithoutScope(t *testing.T) {
	bare := config.Client{ID: "bare", Secret: secret, GrantTypes: []string{"client_credentials"}, Scopes: []string{"openid", "profile"}}
	r := newRigFor(t, append(clients(), bare), publish(t))
	a := r.robot("bare", nil)
	got := a.json(t)
	if _, said := got["scope"]; a.StatusCode != http.StatusOK || said || got["access_token"] == nil {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
