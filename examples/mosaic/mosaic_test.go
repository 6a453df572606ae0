package mosaic

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// site is the folder's provider.
type site struct {
	*testing.T
	*hosttest.Site
}

func open(t *testing.T) site { return site{t, hosttest.Open(t, "config.toml")} }

// in is a login of somebody at a new browser.
func (s site) in(client string, parameters ...string) *hosttest.Answer {
	s.Helper()
	return s.LogIn(s, s.Person(s, "alice"), client, parameters...)
}

func (s site) want(got *hosttest.Answer, want string) {
	s.Helper()
	if got.String() != want {
		s.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestBank is the example of the page: two ways to sign in, each with its value.
func TestBank(t *testing.T) {
	s := open(t)
	t.Run("password and SMS code", func(t *testing.T) {
		alice := s.Person(t, "alice")
		alice.Picks = []string{"password"}
		got := s.LogIn(t, alice, "bank")
		site{t, s.Site}.want(got, "choice, password, sms: 2.0")
		// The methods are recorded separately, in amr.
		if diff := cmp.Diff([]any{"pwd", "sms", "mfa"}, got.Tokens.ID["amr"]); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("passkey", func(t *testing.T) {
		alice := s.Person(t, "alice")
		site{t, s.Site}.want(s.LogIn(t, alice, "setup"), "password, sms, add passkey: none")
		key := alice.Key
		alice = s.Person(t, "alice")
		alice.Picks, alice.Key = []string{"passkey"}, key
		got := s.LogIn(t, alice, "bank")
		site{t, s.Site}.want(got, "choice, passkey: 2.5")
		if diff := cmp.Diff([]any{"hwk", "user", "mfa"}, got.Tokens.ID["amr"]); diff != "" {
			t.Error(diff)
		}
	})
}

// TestReplace: the value can be read on the way, and each step replaces it.
func TestReplace(t *testing.T) {
	s := open(t)
	for request, row := range map[string]struct{ page, want string }{
		"":    {"You asked for nothing and have 1.5.", "password, read: 1.5"},
		"1.0": {"You asked for 1.0 and have 1.5.", "password, read: 1.5"},
		"2.5": {"You asked for 2.5 and have 1.5.", "password, read, sms: 2.5"},
	} {
		got := s.in("replace", "acr_values="+request)
		s.want(got, row.want)
		if len(got.Texts) < 2 || !strings.Contains(got.Texts[1], row.page) {
			t.Errorf("%q: the pages read %q", request, got.Texts)
		}
	}
}

// TestAdvisory: the requested value is advice that a journey need not honour.
func TestAdvisory(t *testing.T) {
	s := open(t)
	s.want(s.in("formats", "acr_values=3.0"), "password: assurance:1.5|device:0.8|risk:0.3")
}

// TestNoneSet: without a step there is no acr claim, also when one was requested.
func TestNoneSet(t *testing.T) {
	s := open(t)
	s.want(s.in("none"), "password: none")
	s.want(s.in("none", "acr_values=2.5"), "password: none")
}

// TestFormats: what a value can be.
func TestFormats(t *testing.T) {
	s := open(t)
	for _, row := range []struct{ name, request, want string }{
		{"composite", "", `^assurance:1\.5\|device:0\.8\|risk:0\.3$`},
		{"object", "object", `^\{"assurance":"1\.5","device":\{"score":0\.8\},"risk":"0\.3"\}$`},
		{"transaction and time", "transaction", `^1\.5\|txn:r_[\w-]{20,}\|at:20\d\d-\d\d-\d\dT[\d:.]+Z$`},
		{"data of the run", "runtime", `^pwd\|alice\|staff\|first\|formats\|127\.0\.0\.1\|low$`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := site{t, s.Site}.in("formats", "acr_values="+row.request)
			if !regexp.MustCompile(row.want).MatchString(got.Ended()) {
				t.Errorf("got %s, want %s", got.Ended(), row.want)
			}
			if _, ok := got.Tokens.ID["acr"].(string); !ok {
				t.Errorf("the claim is a %T", got.Tokens.ID["acr"])
			}
		})
	}
}

// TestErrorVariable: the variable holds the error, and the journey goes on.
func TestErrorVariable(t *testing.T) {
	s := open(t)
	got := s.in("faulty")
	s.want(got, "password, read: none")
	if last := got.Texts[len(got.Texts)-1]; !strings.Contains(last, "acr: expression") {
		t.Errorf("the page reads %q", last)
	}
}
