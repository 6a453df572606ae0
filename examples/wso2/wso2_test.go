package wso2

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// site is the folder's provider, and alice, who has an app and a passkey.
type site struct {
	*testing.T
	*hosttest.Site
	alice *hosttest.Person
}

func open(t *testing.T) site {
	t.Helper()
	s := site{T: t, Site: hosttest.Open(t, "config.toml")}
	s.alice = s.Person(t, "alice")
	s.want(s.in("setup"), "password, add totp, add passkey: none")
	return s
}

// in is a login of alice's at a later day: nothing of the session counts.
func (s site) in(client string, parameters ...string) *hosttest.Answer {
	s.Helper()
	s.Clock.Advance(24 * time.Hour)
	return s.LogIn(s, s.alice, client, parameters...)
}

func (s site) want(got *hosttest.Answer, want string) {
	s.Helper()
	if got.String() != want {
		s.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSelect: the strongest of the received and configured values decides, and is the
// acr of the answer.
func TestSelect(t *testing.T) {
	s := open(t)
	for _, row := range []struct{ name, request, want string }{
		{"acr1", "acr1", "password: acr1"},
		{"acr2", "acr2", "password, totp: acr2"},
		{"acr3", "acr3", "password, passkey: acr3"},
		{"several, the strongest last", "acr1 acr2", "password, totp: acr2"},
		{"several, the strongest first", "acr3 acr1", "password, passkey: acr3"},
		{"separated by commas", "acr1,acr3", "password, passkey: acr3"},
		{"separated by commas and spaces", "acr1, acr2", "password, totp: acr2"},
		{"others are left out", "urn:federation:authentication:windows acr2 LOA2", "password, totp: acr2"},
		{"only others", "urn:federation:authentication:windows pwd LOA2", "password: acr1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := s
			s.T = t
			s.want(s.in("playground", "acr_values="+row.request), row.want)
		})
	}
}

// TestOptional: acr_values is an optional parameter.
func TestOptional(t *testing.T) {
	s := open(t)
	s.want(s.in("playground"), "password: acr1")
}

// TestActivities: the application asks for what the activity needs.
func TestActivities(t *testing.T) {
	s := open(t)
	s.want(s.in("playground", "acr_values=acr1"), "password: acr1") // a balance inquiry
	s.Clock.Advance(time.Minute)
	// A transaction of high value, in the same session.
	s.want(s.LogIn(t, s.alice, "playground", "acr_values=acr2"), "totp: acr2")
}

// TestAMR: the access token says which methods were used.
func TestAMR(t *testing.T) {
	s := open(t)
	for request, want := range map[string][]any{
		"acr1": {"pwd"},
		"acr2": {"pwd", "otp", "mfa"},
		"acr3": {"pwd", "hwk", "user", "mfa"},
	} {
		got := s.in("playground", "acr_values="+request)
		if diff := cmp.Diff(want, got.Tokens.Access["amr"]); diff != "" {
			t.Errorf("%s: %s", request, diff)
		}
	}
}

// TestOwnValue: any string can be returned.
func TestOwnValue(t *testing.T) {
	s := open(t)
	s.want(s.in("own-value", "acr_values=acr3"), "password: LOA1")
}

// TestRequestedACR: the request's values can be read as a list.
func TestRequestedACR(t *testing.T) {
	s := open(t)
	s.want(s.in("reader", "acr_values=urn:federation:authentication:windows pwd LOA2"), "password: requested:urn:federation:authentication:windows+pwd+LOA2")
}

// TestCommonValues: values are free, those of other standards too.
func TestCommonValues(t *testing.T) {
	for _, value := range []string{
		"urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
		"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
		"urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient",
		"urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
		"urn:federation:authentication:windows",
		"urn:oasis:names:tc:SAML:2.0:classes:Kerberos",
		"custom",
	} {
		t.Run(value[strings.LastIndex(value, ":")+1:], func(t *testing.T) {
			cfg := hosttest.Load(t, "config.toml")
			cfg.Journeys["own-value"].Steps["answer"].Config["acr"] = value
			s := hosttest.OpenConfig(t, cfg)
			if got := s.LogIn(t, s.Person(t, "alice"), "own-value"); got.Ended() != value {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestOtherValues: the next login may ask for another value.
func TestOtherValues(t *testing.T) {
	s := open(t)
	s.want(s.in("playground", "acr_values=acr2"), "password, totp: acr2")
	s.want(s.in("playground", "acr_values=acr3"), "password, passkey: acr3")
}
