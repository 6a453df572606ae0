package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/relying"
)

// add keeps a client in the store, as the operator does, and gives its secret.
func (r *rig) add(id string, settings map[string]any) (secret string) {
	r.Helper()
	if settings["redirect_uris"] == nil {
		settings["redirect_uris"] = []any{webURI, spaURI}
	}
	_, secret, err := r.book.Add(r.Context(), relying.New{ID: id, Settings: settings})
	if err != nil {
		r.Fatal(err)
	}
	return secret
}

// A client of the store logs users in as one of the configuration does.
func TestClientOfTheStore(t *testing.T) {
	r := newRig(t)
	if got := r.get("/authorize", good("shop", nil)); got.StatusCode != http.StatusBadRequest {
		t.Errorf("before it is there: %d", got.StatusCode)
	}
	secret := r.add("shop", map[string]any{"journey": "bank", "access_token_lifetime": "2m", "id_token_lifetime": "3m"})
	resp := r.post("/token", exchange(r.code("shop", nil), url.Values{"client_id": {}}), basic("shop", secret))
	if resp.StatusCode != http.StatusOK || resp.json(t)["expires_in"] != 120.0 {
		t.Fatalf("%d %s", resp.StatusCode, resp.body)
	}
	id := claims(t, resp.json(t)["id_token"])
	if id["exp"].(float64)-id["iat"].(float64) != 180 || id["aud"] != "shop" || r.login.last(t).Journey != "bank" {
		t.Errorf("ID token %v of journey %s", id, r.login.last(t).Journey)
	}
	for _, wrong := range []string{"", "wrong", secret + "x"} {
		r.wantError(r.post("/token", exchange(r.code("shop", nil), url.Values{"client_id": {}}), basic("shop", wrong)), http.StatusUnauthorized, "invalid_client")
	}
	// Attack: the hash, which who reads the store has, is no secret.
	row, err := r.store.Client(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	r.wantError(r.post("/token", exchange("c", url.Values{"client_id": {}}), basic("shop", string(row.SecretHash))), http.StatusUnauthorized, "invalid_client")
}

// A client that was removed by another process is gone within two seconds, and one that
// took its place is not taken for it.
func TestRemovedClientIsNotServed(t *testing.T) {
	r := newRig(t)
	first := r.add("shop", map[string]any{})
	tokens := r.post("/token", exchange(r.code("shop", nil), url.Values{"client_id": {}}), basic("shop", first)).json(t)
	if _, err := r.book.Remove(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	// What it was granted ends at once.
	r.wantError(r.post("/token", refresh(tokens["refresh_token"].(string), url.Values{"client_id": {}}), basic("shop", first)), http.StatusBadRequest, "invalid_grant")
	r.clock.advance(2 * time.Second)
	if got := r.get("/authorize", good("shop", nil)); got.StatusCode != http.StatusBadRequest || got.Header.Get("Location") != "" {
		t.Errorf("removed: %d %s", got.StatusCode, got.body)
	}
	second := r.add("shop", map[string]any{"redirect_uris": []any{webURI}})
	if got := r.get("/authorize", good("shop", nil)); got.Header.Get("Location") != "" {
		t.Errorf("the old redirect URI: %d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	r.wantError(r.post("/introspect", url.Values{"token": {"t"}}, basic("shop", first)), http.StatusUnauthorized, "invalid_client")
	if got := r.post("/introspect", url.Values{"token": {"t"}}, basic("shop", second)); got.StatusCode != http.StatusOK {
		t.Errorf("the new secret: %d", got.StatusCode)
	}
}

// A replaced client of the same version is another one.
func TestReplacedClientIsAnother(t *testing.T) {
	r := newRig(t)
	r.add("shop", map[string]any{})
	r.code("shop", nil)
	if _, err := r.book.Remove(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	r.clock.advance(2 * time.Second)
	r.add("shop", map[string]any{"redirect_uris": []any{webURI}})
	if got := r.get("/authorize", good("shop", nil)); got.Header.Get("Location") != "" {
		t.Errorf("the removed client's redirect URI: %d to %s", got.StatusCode, got.Header.Get("Location"))
	}
}

// Attack: a store that a configuration does not allow is not used.
func TestClientThatIsNotAllowed(t *testing.T) {
	r := newRig(t)
	r.add("shop", map[string]any{"journey": "bank"})
	delete(r.book.Config.Journeys, "bank")
	if got := r.get("/authorize", good("shop", nil)); got.StatusCode != http.StatusBadRequest || got.Header.Get("Location") != "" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// A client that the configuration does not allow any more is none: it is not the host that
// failed, and its users can still sign out.
func TestClientThatIsNotAllowedAnyMore(t *testing.T) {
	r := newRig(t)
	secret := r.add("shop", map[string]any{"journey": "bank", "backchannel_logout_uri": webURI, "frontchannel_logout_uri": webURI, "post_logout_redirect_uris": []any{byeURI}})
	s, cookie := r.newSession()
	r.login.change = inSession(s)
	tokens := r.post("/token", exchange(r.code("shop", nil), url.Values{"client_id": {}}), basic("shop", secret)).json(t)
	access, hint := tokens["access_token"].(string), tokens["id_token"].(string)
	delete(r.book.Config.Journeys, "bank")
	r.clock.advance(3 * time.Second)

	for _, path := range []string{"/token", "/introspect", "/revoke", "/par"} {
		r.wantError(r.post(path, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens["refresh_token"].(string)}, "token": {access}}, basic("shop", secret)), http.StatusUnauthorized, "invalid_client")
	}
	r.wantError(r.userinfo(access), http.StatusUnauthorized, "invalid_token")
	if diff := cmp.Diff(inactive, r.inspect(access)); diff != "" {
		t.Errorf("for a resource server: %s", diff)
	}
	if a := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {byeURI}}, cookie); a.StatusCode != http.StatusBadRequest {
		t.Errorf("to an address of its own: %d %s", a.StatusCode, a.body)
	}
	a := r.logout(http.MethodGet, url.Values{"id_token_hint": {hint}}, cookie)
	token, asks := strings.CutPrefix(a.body, "LOGOUT ")
	if a := r.logout(http.MethodPost, url.Values{"_logout": {token}}, cookie); !asks || a.body != "SIGNED OUT" || r.inSession(cookie) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
