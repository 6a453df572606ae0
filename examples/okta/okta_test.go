package okta

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/hosttest"
)

// The predefined values.
const (
	oneAny = "urn:okta:loa:1fa:any"
	onePwd = "urn:okta:loa:1fa:pwd"
	twoAny = "urn:okta:loa:2fa:any"
	twoIf  = "urn:okta:loa:2fa:any:ifpossible"
)

// site is the folder's provider.
type site struct {
	*testing.T
	*hosttest.Site
}

func open(t *testing.T) site { return site{t, hosttest.Open(t, "config.toml")} }

// person is a new user at a browser: alice or bob.
func (s site) person(name string) *hosttest.Person {
	s.Helper()
	return s.Person(s, name)
}

// owner is one who has added a passkey, by a login for phr.
func (s site) owner(name string, key hosttest.Key) *hosttest.Person {
	s.Helper()
	p := s.Person(s, name)
	p.Key = &key
	met := "phr"
	if key.Synced {
		met = "unmet_authentication_requirements" // it is there now, and bound to no device
	}
	s.want(s.in(p, "spa", "acr_values=phr"), "username, password, sms, add passkey: "+met)
	s.Clock.Advance(24 * time.Hour) // the session ended
	return p
}

// in is a login, a minute after the last one.
func (s site) in(p *hosttest.Person, client string, parameters ...string) *hosttest.Answer {
	s.Helper()
	s.Clock.Advance(time.Minute)
	return s.LogIn(s, p, client, parameters...)
}

func (s site) want(got *hosttest.Answer, want string) {
	s.Helper()
	if got.String() != want {
		s.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPredefinedValues: what each value asks of whom.
func TestPredefinedValues(t *testing.T) {
	for _, row := range []struct{ name, value, who, key, want string }{
		{"1fa any", oneAny, "alice", "", "username, password: " + oneAny},
		{"1fa pwd", onePwd, "alice", "", "username, password: " + onePwd},
		{"2fa any", twoAny, "alice", "", "username, password, sms: " + twoAny},
		{"2fa any, a passkey has two", twoAny, "alice", "key", "username, passkey: " + twoAny},
		{"ifpossible, enrolled", twoIf, "alice", "", "username, password, sms: " + twoIf},
		{"ifpossible, not enrolled", twoIf, "bob", "", "username, password: " + twoIf},
		{"phr", "phr", "alice", "key", "username, passkey: phr"},
		{"phr, a synced passkey", "phr", "alice", "synced", "username, passkey: unmet_authentication_requirements"},
		{"phrh", "phrh", "alice", "key", "username, passkey: phrh"},
		{"phrh, a synced passkey", "phrh", "alice", "synced", "username, passkey: unmet_authentication_requirements"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := open(t)
			p := s.person(row.who)
			if row.key != "" {
				p = s.owner(row.who, hosttest.Key{Synced: row.key == "synced"})
			}
			s.want(s.in(p, "spa", "acr_values="+row.value), row.want)
		})
	}
}

// TestAnyOneFactor: any one factor will do, with no requirement on which.
func TestAnyOneFactor(t *testing.T) {
	s := open(t)
	alice := s.owner("alice", hosttest.Key{})
	s.want(s.in(alice, "spa", "acr_values=phr"), "username, passkey: phr")
	got := s.in(alice, "spa", "acr_values="+oneAny)
	s.want(got, ": "+oneAny)
	if amr, _ := got.Tokens.ID["amr"].([]any); slices.Contains(amr, "pwd") || !slices.Contains(amr, "hwk") {
		t.Errorf("amr %v", amr)
	}
	s.want(s.in(alice, "spa", "acr_values="+onePwd), "password: "+onePwd) // a passkey is none
	s.Clock.Advance(24 * time.Hour)
	s.want(s.in(alice, "classic", "acr_values="+oneAny), "username, sms: "+oneAny)
}

// TestMakers: where the operator names makers, a key is in hardware when one of them
// says so.
func TestMakers(t *testing.T) {
	maker, err := hosttest.NewMaker()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, value string
		maker       *hosttest.Maker
		want        string
	}{
		{"in hardware", "phrh", maker, "phrh"},
		{"on a device, not in hardware", "phrh", nil, "unmet_authentication_requirements"},
		{"on a device", "phr", nil, "phr"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cfg := hosttest.Load(t, "config.toml")
			cfg.Factors.Passkey.Attestation, cfg.Factors.Passkey.Makers = "direct", x509.NewCertPool()
			cfg.Factors.Passkey.Makers.AddCert(maker.Root)
			s := site{t, hosttest.OpenConfig(t, cfg)}
			p := s.owner("alice", hosttest.Key{Maker: row.maker})
			s.want(s.in(p, "spa", "acr_values="+row.value), "username, passkey: "+row.want)
		})
	}
}

// TestDiscovery: the values are advertised.
func TestDiscovery(t *testing.T) {
	s := open(t)
	res, err := http.Get(s.Issuer + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got struct {
		Values []string `json:"acr_values_supported"`
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := []string{"phr", "phrh", oneAny, onePwd, twoAny, twoIf}
	if !slices.Equal(got.Values, want) {
		t.Errorf("got %q, want %q", got.Values, want)
	}
}

// TestUnsupportedAreIgnored: any unsupported acr_values are ignored.
func TestUnsupportedAreIgnored(t *testing.T) {
	s := open(t)
	s.want(s.in(s.person("alice"), "spa", "acr_values=gold"), "username, password: "+oneAny)
	s.want(s.in(s.person("alice"), "spa", "acr_values=gold "+twoAny+" silver"), "username, password, sms: "+twoAny)
	s.want(s.in(s.person("alice"), "spa"), "username, password: "+oneAny)
}

// TestSession: authenticators that were satisfied before are considered before
// anybody is asked.
func TestSession(t *testing.T) {
	s := open(t)
	alice := s.person("alice")
	s.want(s.in(alice, "spa", "acr_values="+oneAny), "username, password: "+oneAny)
	s.want(s.in(alice, "spa", "acr_values="+onePwd), ": "+onePwd)
	s.want(s.in(alice, "spa", "acr_values="+twoAny), "sms: "+twoAny)
	s.want(s.in(alice, "spa", "acr_values="+twoIf), ": "+twoIf)
	s.want(s.in(alice, "spa", "acr_values=phr"), "add passkey: phr")
	s.want(s.in(alice, "spa", "acr_values=phr"), ": phr")
	s.want(s.in(alice, "spa", "acr_values=phr", "prompt=none"), ": phr")
	s.want(s.in(alice, "spa", "acr_values="+oneAny), ": "+oneAny)
}

// TestMaxAge: a time frame, and 0 for a new authentication each time.
func TestMaxAge(t *testing.T) {
	s := open(t)
	alice := s.person("alice")
	s.want(s.in(alice, "spa", "acr_values="+twoAny), "username, password, sms: "+twoAny)
	s.want(s.in(alice, "spa", "acr_values="+twoAny, "max_age=3600"), ": "+twoAny)
	s.Clock.Advance(2 * time.Hour)
	s.want(s.in(alice, "spa", "acr_values="+twoAny, "max_age=3600"), "username, password, sms: "+twoAny)
	for range 2 {
		s.want(s.in(alice, "spa", "acr_values="+twoAny, "max_age=0"), "username, password, sms: "+twoAny)
		s.want(s.in(alice, "spa", "acr_values="+oneAny, "max_age=0"), "username, password: "+oneAny)
	}
	// Classic Engine's way to say the same.
	s.want(s.in(alice, "spa", "acr_values="+twoAny, "max_age=1"), "username, password, sms: "+twoAny)
	s.want(s.in(alice, "spa", "acr_values="+oneAny, "max_age=1"), "username, password: "+oneAny)
}

// TestUnable: who can't satisfy the level gets an error at the callback endpoint, and
// is asked for nothing that would not help.
func TestUnable(t *testing.T) {
	const unmet = "unmet_authentication_requirements"
	s := open(t)
	s.want(s.in(s.person("bob"), "no-enrollment", "acr_values="+twoAny), "username, password: "+unmet)
	bob := s.person("bob")
	s.want(s.in(bob, "no-enrollment"), "username, password: "+oneAny)
	s.want(s.in(bob, "no-enrollment", "acr_values=phr"), ": "+unmet)
	s.want(s.in(bob, "no-enrollment", "acr_values=phr "+oneAny), ": "+oneAny)
	alice := s.owner("alice", hosttest.Key{})
	alice.Declines = []string{"passkey"}
	s.want(s.in(alice, "spa", "acr_values=phr"), "username, passkey: "+unmet)
}

// TestEnrollment: who has not enrolled the factor adds it on the way.
func TestEnrollment(t *testing.T) {
	s := open(t)
	bob := s.person("bob")
	s.want(s.in(bob, "spa", "acr_values="+oneAny), "username, password: "+oneAny)
	s.want(s.in(bob, "spa", "acr_values="+twoAny), "add totp: "+twoAny)
	s.Clock.Advance(time.Hour)
	s.want(s.in(bob, "spa", "acr_values="+twoAny, "max_age=0"), "username, password, totp: "+twoAny)
	s.Clock.Advance(time.Hour)
	s.want(s.in(bob, "spa", "acr_values=phr"), "password, totp, add passkey: phr")
	s.want(s.in(s.person("alice"), "spa", "acr_values=phr"), "username, password, sms, add passkey: phr")
	late := open(t)
	bob = late.person("bob")
	bob.Declines = []string{"add totp"}
	late.want(late.in(bob, "spa", "acr_values="+twoAny), "username, password, add totp: unmet_authentication_requirements")
}

// TestEvaluationOrder: factors of the authentication policy, then acr_values; Classic
// Engine asks for what is more restrictive first while there is no session.
func TestEvaluationOrder(t *testing.T) {
	s := open(t)
	alice := s.owner("alice", hosttest.Key{})
	s.want(s.in(alice, "policy", "acr_values=phr"), "password, passkey: phr")
	s.Clock.Advance(24 * time.Hour)
	// No session: acr_values first where they are more restrictive than one factor.
	s.want(s.in(alice, "classic", "acr_values=phr"), "username, passkey, sms: phr")
	s.Clock.Advance(24 * time.Hour)
	s.want(s.in(alice, "classic", "acr_values="+oneAny), "username, sms: "+oneAny)
	s.Clock.Advance(24 * time.Hour)
	s.want(s.in(alice, "classic", "acr_values="+onePwd), "username, sms, password: "+onePwd)
	// A session: the policy first.
	s.Clock.Advance(24 * time.Hour)
	s.want(s.in(alice, "spa", "acr_values="+onePwd), "username, password: "+onePwd)
	s.want(s.in(alice, "classic", "acr_values=phr"), "sms, passkey: phr")
	// The policy's factor, then the constraint of the value, and each again when it is old.
	s.Clock.Advance(24 * time.Hour)
	s.want(s.in(alice, "policy"), "password: "+oneAny)
	s.want(s.in(alice, "policy", "acr_values=phr"), "passkey: phr")
	s.want(s.in(alice, "policy", "acr_values=phr", "max_age=3600"), ": phr")
	s.Clock.Advance(2 * time.Hour)
	s.want(s.in(alice, "policy", "acr_values=phr", "max_age=3600"), "password, passkey: phr")
}

// TestAuthorizationServers: the access token says the level whichever audience it is for,
// the provider itself (Okta's org authorization server) or a resource (a custom one).
func TestAuthorizationServers(t *testing.T) {
	s := open(t)
	for resource, parameters := range map[string][]string{
		s.Issuer:                  {"acr_values=" + twoAny},
		"https://api.example.com": {"acr_values=" + twoAny, "resource=https://api.example.com"},
	} {
		got := s.in(s.person("alice"), "spa", parameters...)
		s.want(got, "username, password, sms: "+twoAny)
		if aud := fmt.Sprint(got.Tokens.Access["aud"]); !strings.Contains(aud, resource) {
			t.Errorf("aud %s, want %s", aud, resource)
		}
	}
}

// TestNative: an application on the user's own device, at a port that it has found free
// and at a scheme of its own.
func TestNative(t *testing.T) {
	s := open(t)
	for _, uri := range []string{"http://127.0.0.1:49231/callback", "com.example.bank:/callback"} {
		party, err := hosttest.NewParty(t.Context(), s.Issuer, "native", "", uri)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.person("alice").LogIn(t.Context(), party, url.Values{"acr_values": {twoAny}})
		if err != nil {
			t.Fatal(err)
		}
		s.want(got, "username, password, sms: "+twoAny)
	}
}

// TestTokens: both tokens say the level that was verified, how and when.
func TestTokens(t *testing.T) {
	s := open(t)
	for _, client := range []string{"spa", "web"} {
		got := s.in(s.person("alice"), client, "acr_values="+oneAny)
		s.want(got, "username, password: "+oneAny)
		at := float64(s.Clock.Now().Unix())
		for kind, claims := range map[string]map[string]any{"ID token": got.Tokens.ID, "access token": got.Tokens.Access} {
			amr, _ := claims["amr"].([]any)
			if claims["acr"] != oneAny || claims["auth_time"] != at || len(amr) != 1 || amr[0] != "pwd" {
				t.Errorf("%s, %s: %v", client, kind, claims)
			}
		}
		if got.Tokens.OAuth.TokenType != "Bearer" || !strings.Contains(got.Tokens.Access["scope"].(string), "openid") {
			t.Errorf("%s: %v", client, got.Tokens.Access)
		}
	}
}

// TestRefresh: refreshed tokens say what the first ones said, also after the browser
// has stepped up.
func TestRefresh(t *testing.T) {
	s := open(t)
	alice := s.person("alice")
	first := s.in(alice, "spa", "acr_values="+oneAny).Tokens
	s.want(s.in(alice, "spa", "acr_values="+twoAny), "sms: "+twoAny)
	s.Clock.Advance(time.Hour)
	again := s.Refresh(t, "spa", first)
	for kind, pair := range map[string][2]map[string]any{"ID token": {first.ID, again.ID}, "access token": {first.Access, again.Access}} {
		for _, name := range []string{"acr", "auth_time"} {
			if pair[0][name] != pair[1][name] || pair[1][name] == nil {
				t.Errorf("%s: %s was %v and is %v", kind, name, pair[0][name], pair[1][name])
			}
		}
	}
}
