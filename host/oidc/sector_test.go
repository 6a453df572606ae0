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

	"github.com/acrhost/acrhost/host/config"
)

const mallorysURI = "https://mallory.example.com/cb"

// pairwiseRegistry is a provider where clients with pairwise subjects register, some of
// them for devices. What they publish is this machine's.
func pairwiseRegistry(t *testing.T) *rig {
	t.Helper()
	p := policy()
	p.GrantTypes = append(p.GrantTypes, deviceGrant)
	return newRigFor(t, clients(), publish(t), func(r *rig) { r.registration, r.reachesAll = p, true })
}

func inSector(uri string, more object) object {
	d := object{"redirect_uris": []string{uri}, "subject_type": "pairwise", "grant_types": []string{"authorization_code", "refresh_token"}}
	maps.Copy(d, more)
	return d
}

func TestRegisteredSector(t *testing.T) {
	r := pairwiseRegistry(t)
	sector := r.published.at("/sector.json", `["https://one.example.com/cb","http://127.0.0.1/cb","`+mallorysURI+`"]`)
	for name, row := range map[string]struct {
		document object
		ok       bool
	}{
		"all are listed":                  {inSector(mallorysURI, object{"redirect_uris": []string{mallorysURI, "https://one.example.com/cb"}, "sector_identifier_uri": sector}), true},
		"a sector of its own":             {inSector(mallorysURI, nil), true},
		"a device, alone in its sector":   {object{"redirect_uris": nil, "response_types": []string{}, "subject_type": "pairwise", "grant_types": []string{deviceGrant}}, true},
		"one is not listed":               {inSector(mallorysURI, object{"redirect_uris": []string{mallorysURI, "https://two.example.com/cb"}, "sector_identifier_uri": sector}), false},
		"not to the letter":               {inSector(mallorysURI+"/", object{"sector_identifier_uri": sector}), false},
		"too many":                        {inSector(mallorysURI, object{"sector_identifier_uri": r.published.at("/many.json", `["`+mallorysURI+`"`+strings.Repeat(`,"a"`, 2000)+`]`)}), false},
		"nothing there":                   {inSector(mallorysURI, object{"sector_identifier_uri": r.published.URL + "/not-there"}), false},
		"no list":                         {inSector(mallorysURI, object{"sector_identifier_uri": r.published.at("/object.json", `{}`)}), false},
		"attack: a device in a sector":    {object{"redirect_uris": nil, "response_types": []string{}, "subject_type": "pairwise", "grant_types": []string{deviceGrant}, "sector_identifier_uri": sector}, false},
		"attack: a device of a host":      {inSector("https://one.example.com/cb", object{"grant_types": []string{"authorization_code", deviceGrant}}), false},
		"a back channel of its own":       {inSector(mallorysURI, object{"backchannel_logout_uri": "https://mallory.example.com/bye"}), true},
		"attack: a foreign back channel":  {inSector("https://one.example.com/cb", object{"backchannel_logout_uri": "https://mallory.example.com/bye"}), false},
		"attack: and a listed URI":        {inSector("https://one.example.com/cb", object{"sector_identifier_uri": sector, "backchannel_logout_uri": "https://mallory.other.example/bye"}), false},
		"attack: a listed app":            {inSector("http://127.0.0.1/cb", object{"sector_identifier_uri": sector, "application_type": "native"}), false},
		"attack: no redirect URI to show": {object{"redirect_uris": nil, "response_types": []string{}, "subject_type": "pairwise", "grant_types": []string{"refresh_token"}, "sector_identifier_uri": sector}, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := r.send(http.MethodPost, "/register", r.initial(1), metadata(row.document))
			if row.ok != (a.StatusCode == http.StatusCreated) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			if m := a.json(t); !row.ok && m["error"] != "invalid_client_metadata" && m["error"] != "invalid_redirect_uri" {
				t.Errorf("error %v", m)
			}
		})
	}
}

// A registered client's sector is not fetched from inside the network.
func TestAttackSectorInsideTheNetwork(t *testing.T) {
	r := newRegistry(t)
	sector := r.published.at("/sector.json", `["`+mallorysURI+`"]`)
	a := r.send(http.MethodPost, "/register", r.initial(1), metadata(inSector(mallorysURI, object{"sector_identifier_uri": sector})))
	if a.StatusCode != http.StatusBadRequest || r.published.asked.Load() != 0 {
		t.Errorf("%d %s, fetched %d times", a.StatusCode, a.body, r.published.asked.Load())
	}
}

// A client moves into another's sector after a login, and refreshes: it would see the
// subjects there.
func TestAttackSectorAfterTheLogin(t *testing.T) {
	r := pairwiseRegistry(t)
	mallory := r.register(inSector(mallorysURI, nil))
	code := r.code(mallory.id, url.Values{"redirect_uri": {mallorysURI}})
	got := r.post("/token", exchange(code, url.Values{"redirect_uri": {mallorysURI}, "client_id": nil}), basic(mallory.id, mallory.secret)).json(t)
	for sector, status := range map[string]int{
		r.published.URL + "/not-there":                                      http.StatusBadRequest,
		r.published.at("/theirs.json", `["https://victim.example.com/cb"]`): http.StatusBadRequest,
	} {
		a := r.send(http.MethodPut, "/register/"+mallory.id, mallory.token, metadata(inSector(mallorysURI, object{"client_id": mallory.id, "sector_identifier_uri": sector})))
		if a.StatusCode != status {
			t.Errorf("%s: %d %s", sector, a.StatusCode, a.body)
		}
	}
	// Where it may move, what it was granted ends: no ID token names another subject than
	// the first one did.
	own := r.published.at("/own.json", `["`+mallorysURI+`"]`)
	if a := r.send(http.MethodPut, "/register/"+mallory.id, mallory.token, metadata(inSector(mallorysURI, object{"client_id": mallory.id, "sector_identifier_uri": own}))); a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	r.clock.advance(3 * time.Second)
	raw, _ := got["refresh_token"].(string)
	if a := r.post("/token", refresh(raw, url.Values{"client_id": nil}), basic(mallory.id, mallory.secret)); a.json(t)["error"] != "invalid_grant" {
		t.Errorf("refreshed: %d %s", a.StatusCode, a.body)
	}
}

// A client moves into another's sector by a redirect URI of there, and keeps its own back
// channel: the logout token would tell it the subject there.
func TestAttackSectorByTheBackChannel(t *testing.T) {
	r := pairwiseRegistry(t)
	own := object{"backchannel_logout_uri": "https://mallory.example.com/bye"}
	mallory := r.register(inSector(mallorysURI, own))
	own["client_id"] = mallory.id
	a := r.send(http.MethodPut, "/register/"+mallory.id, mallory.token, metadata(inSector("https://victim.example.com/cb", own)))
	if a.StatusCode != http.StatusBadRequest || a.json(t)["error"] != "invalid_client_metadata" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// Attack: what stands for a host in an app's redirect URI is nobody's word. An app, whose
// answers come to it by its scheme or by a loopback address, is alone in its sector.
func TestAttackSectorOfAnAppsRedirectURI(t *testing.T) {
	r := newRegistry(t)
	sub := func(settings object) any {
		t.Helper()
		uri := settings["redirect_uris"].([]string)[0]
		settings["subject_type"], settings["token_endpoint_auth_method"] = "pairwise", "none"
		c := r.register(settings)
		code := r.code(c.id, url.Values{"redirect_uri": {uri}})
		got := r.post("/token", exchange(code, url.Values{"redirect_uri": {uri}, "client_id": {c.id}})).json(t)
		sub, ok := claims(t, got["id_token"])["sub"].(string)
		if !ok || sub != r.userinfo(got["access_token"].(string)).json(t)["sub"] {
			t.Fatalf("%v", got)
		}
		return sub
	}
	seen := map[any]string{}
	for name, settings := range map[string]object{
		"the bank":             {"redirect_uris": []string{"https://bank.example.com/cb"}},
		"a stranger's app":     {"application_type": "native", "redirect_uris": []string{"com.evil.app://bank.example.com/cb"}},
		"an app on a loopback": {"application_type": "native", "redirect_uris": []string{"http://127.0.0.1/cb"}},
		"another such app":     {"application_type": "native", "redirect_uris": []string{"http://127.0.0.1/cb"}},
	} {
		got := sub(settings)
		if other, ok := seen[got]; ok {
			t.Errorf("%s sees the subject of %s", name, other)
		}
		seen[got] = name
	}
	if sub(object{"redirect_uris": []string{"https://bank.example.com/other"}}) != sub(object{"redirect_uris": []string{"https://bank.example.com/cb"}}) {
		t.Error("two clients at one host see two subjects")
	}
}

// Attack: whoever may change a registration names ever new sectors, and fills the memory with
// their lists. Of so many, the first are read again.
func TestAttackManySectors(t *testing.T) {
	site, all := publish(t), clients()
	for i := range 260 {
		all = append(all, config.Client{
			ID: "c" + strconv.Itoa(i), Secret: secret, RedirectURIs: []string{mallorysURI}, SubjectType: "pairwise",
			SectorIdentifierURI: site.at("/"+strconv.Itoa(i), mustJSON(t, []string{mallorysURI})),
		})
	}
	r := newRigFor(t, all, site)
	for i := range 260 {
		r.code("c"+strconv.Itoa(i), url.Values{"redirect_uri": {mallorysURI}})
	}
	for _, row := range []struct {
		client string
		asked  int
	}{{"c259", 260}, {"c0", 261}} {
		r.code(row.client, url.Values{"redirect_uri": {mallorysURI}})
		if n := int(site.asked.Load()); n != row.asked {
			t.Errorf("%s: the lists were asked for %d times, want %d", row.client, n, row.asked)
		}
	}
}

// The answer to a registration tells what the client is held to (RFC 7591 3.2.1).
func TestRegisteredTellsWhatIsInForce(t *testing.T) {
	r := newRegistry(t, func(p *config.Registration) {
		p.Client = map[string]any{"profile": "fapi2", "default_acr_values": []any{"2.0"}}
		p.AuthMethods = []string{"private_key_jwt"}
	})
	a := r.send(http.MethodPost, "/register", r.initial(1), metadata(object{
		"redirect_uris": []string{spaURI}, "token_endpoint_auth_method": "private_key_jwt", "jwks": json.RawMessage(keySet("ES256")), "require_pushed_authorization_requests": nil,
		"authorization_encrypted_response_alg": "ECDH-ES",
	}))
	m := a.json(t)
	if a.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for name, want := range map[string]any{
		"id_token_signed_response_alg": "ES256", "dpop_bound_access_tokens": true, "require_pushed_authorization_requests": true,
		"authorization_signed_response_alg": "ES256", "token_endpoint_auth_method": "private_key_jwt", "introspection_signed_response_alg": "ES256",
		"authorization_encrypted_response_alg": "ECDH-ES", "authorization_encrypted_response_enc": "A128CBC-HS256", "introspection_encrypted_response_alg": nil,
	} {
		if m[name] != want {
			t.Errorf("%s is %v, want %v", name, m[name], want)
		}
	}
	if values, _ := m["default_acr_values"].([]any); len(values) != 1 || values[0] != "2.0" {
		t.Errorf("default_acr_values: %v", m["default_acr_values"])
	}
}
