package host_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

// apacheSecret is also what the module encrypts its own state with.
const apacheSecret = "a-secret-of-the-site-and-nobody-elses"

// TestApache: Debian's libapache2-mod-auth-openidc in front of a site whose paths want
// more or less of a login (testdata/apache).
func TestApache(t *testing.T) {
	address := freeAddress(t)
	origin := "http://" + address
	cfg := hosttest.Load(t, "testdata/clients.toml")
	cfg.Clients = append(cfg.Clients, config.Client{
		ID: "apache", Secret: apacheSecret, Journey: "levels", Scopes: []string{"openid", "email"},
		RedirectURIs: []string{origin + "/callback"}, PostLogoutRedirectURIs: []string{origin + "/public"},
		BackchannelLogoutURI: origin + "/callback?logout=backchannel",
	})
	issuer := hosttest.Run(t, cfg, nil)
	startApache(t, address, issuer)
	for name, story := range map[string]func(*surfer){
		"steps up by path, keeps the session":      apacheStepsUp,
		"the strongest path first":                 apacheStrongestFirst,
		"too low an acr is refused":                apacheRefuses,
		"attack: acr_values struck out of the URL": apacheAttack,
		"nobody reaches what is demanded":          apacheUnmet,
		"RP-initiated logout":                      apacheLogout,
		"back-channel logout":                      apacheBackchannel,
	} {
		t.Run(name, func(t *testing.T) { story(surf(t, issuer, origin)) })
	}
}

// sees says what a page was asked with: its text, then what the module told it of the user.
func (s *surfer) sees(path string, wantAsked []string, acr, amr string) string {
	s.Helper()
	page, asked := s.open(path)
	told := []string{page.Text(), page.Header.Get("X-Claim-acr"), page.Header.Get("X-Claim-amr"), page.Header.Get("X-Claim-email")}
	if diff := cmp.Diff([]string{path[1:], acr, amr, "alice@example.com"}, told); diff != "" {
		s.Fatalf("%s: status %d\n%s", path, page.Status, diff)
	}
	if !slices.Equal(asked, wantAsked) {
		s.Fatalf("%s: asked for %v, want %v", path, asked, wantAsked)
	}
	return page.Header.Get("X-Claim-sub")
}

// refused opens a path, which the site answers with a status, and nobody is asked anything.
func (s *surfer) refused(path string, status int) *hosttest.Page {
	s.Helper()
	page, asked := s.open(path)
	if page.Status != status || len(asked) != 0 || page.Header.Get("X-Claim-acr") != "" {
		s.Fatalf("%s: status %d at %s, asked for %v: %s", path, page.Status, page.URL, asked, page.Text())
	}
	return page
}

func apacheStepsUp(s *surfer) {
	first := s.sees("/home", []string{"password"}, "1.5", "pwd")
	// The session at the provider goes on: only what is missing is asked for.
	if again := s.sees("/payments", []string{"sms"}, "2.0", "pwd,sms,mfa"); again != first {
		s.Errorf("sub %q after the step-up, %q before", again, first)
	}
	s.sees("/vault", nil, "2.0", "pwd,sms,mfa")
	s.sees("/home", nil, "2.0", "pwd,sms,mfa")
	s.sees("/forbidden", nil, "2.0", "pwd,sms,mfa")
}

// The demand by the claims parameter, and all of the journey at once.
func apacheStrongestFirst(s *surfer) {
	s.sees("/vault", []string{"password", "sms"}, "2.0", "pwd,sms,mfa")
	s.sees("/payments", nil, "2.0", "pwd,sms,mfa")
}

func apacheRefuses(s *surfer) {
	s.sees("/home", []string{"password"}, "1.5", "pwd")
	s.refused("/forbidden", http.StatusForbidden)
	s.refused("/unauthorized", http.StatusUnauthorized)
	s.sees("/home", nil, "1.5", "pwd")
}

// Who edits the request gets a login that the path does not take: it asks once more, as it
// did the first time.
func apacheAttack(s *surfer) {
	request := s.redirect("/payments")
	q := request.Query()
	if q.Get("acr_values") != "2.0" {
		s.Fatalf("the module asked for %v", q)
	}
	q.Del("acr_values")
	request.RawQuery = q.Encode()
	page, answer, err := s.person.Visit(request.String())
	if err != nil || !slices.Equal(answer.Asked, []string{"password"}) {
		s.Fatal(answer, err)
	}
	if page, err = s.site.Get(page.URL.String()); err != nil || originOf(page.URL) != s.person.Issuer {
		s.Fatal(page, err)
	}
	if got := page.URL.Query().Get("acr_values"); got != "2.0" {
		s.Errorf("the second time it asked for %q", got)
	}
	s.refused("/forbidden", http.StatusForbidden)
}

// The error comes to the module, which has a page of its own for it, and the page behind
// the path stays closed; what the session has is still good.
func apacheUnmet(s *surfer) {
	s.sees("/home", []string{"password"}, "1.5", "pwd")
	page, asked := s.open("/beyond")
	if got := page.URL.Query().Get("error"); got != "unmet_authentication_requirements" || len(asked) != 0 || page.Text() == "beyond" {
		s.Errorf("at %s, asked for %v: %s", page.URL, asked, page.Text())
	}
	s.sees("/home", nil, "1.5", "pwd")
}

func apacheLogout(s *surfer) {
	s.sees("/home", []string{"password"}, "1.5", "pwd")
	page, asked := s.open("/callback?logout=" + url.QueryEscape(s.origin+"/public"))
	if page.URL.String() != s.origin+"/public" || page.Text() != "public" || len(asked) != 0 {
		s.Fatalf("at %s, asked for %v: %s", page.URL, asked, page.Text())
	}
	s.sees("/home", []string{"password"}, "1.5", "pwd")
}

// Signing out at the provider ends the session at the site too.
func apacheBackchannel(s *surfer) {
	s.sees("/home", []string{"password"}, "1.5", "pwd")
	page, err := s.person.Browser.Get(s.person.Issuer + "/logout")
	if err == nil {
		_, err = s.person.Browser.Submit(page, nil)
	}
	if err != nil {
		s.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if page, err = s.site.Get(s.origin + "/home"); err != nil {
			s.Fatal(err)
		}
		if originOf(page.URL) == s.person.Issuer {
			break
		}
		if time.Now().After(deadline) {
			s.Fatalf("the site still knows the user: %s", page.Text())
		}
	}
	s.sees("/home", []string{"password"}, "1.5", "pwd")
}
