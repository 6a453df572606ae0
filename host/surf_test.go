package host_test

import (
	"net/url"
	"testing"

	"github.com/acrhost/acrhost/host/hosttest"
)

// surfer is a person whose browser goes to and fro between a site and the provider.
type surfer struct {
	*testing.T
	person *hosttest.Person
	site   *hosttest.Browser
	origin string
}

// surf sits alice down at a browser without cookies, to use the site at an origin.
func surf(t *testing.T, issuer, origin string) *surfer {
	t.Helper()
	person, err := hosttest.NewPerson(issuer, "alice", "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	site, err := hosttest.NewBrowser(origin)
	if err != nil {
		t.Fatal(err)
	}
	site.Header.Set("Accept", "text/html")
	return &surfer{t, person, site, origin}
}

// open goes to a path of the site and answers what the provider asks on the way. It gives
// the page at which that ends, which may be one of the provider's, and what was asked.
func (s *surfer) open(path string) (*hosttest.Page, []string) {
	s.Helper()
	var asked []string
	page, err := s.site.Get(s.origin + path)
	for range 5 {
		if err != nil {
			s.Fatal(err)
		}
		if page.Status < 300 || page.Status > 399 {
			return page, asked
		}
		if originOf(page.URL) == s.origin {
			page, err = s.site.Get(page.URL.String())
			continue
		}
		var answer *hosttest.Answer
		if page, answer, err = s.person.Visit(page.URL.String()); err == nil {
			asked = append(asked, answer.Asked...)
		}
	}
	s.Fatalf("no end of redirects, last to %s", page.URL)
	return nil, nil
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// redirect is where a path of the site sends the browser, which does not go there.
func (s *surfer) redirect(path string) *url.URL {
	s.Helper()
	page, err := s.site.Get(s.origin + path)
	if err != nil {
		s.Fatal(err)
	}
	if originOf(page.URL) == s.origin {
		s.Fatalf("%s: status %d: %s", path, page.Status, page.Text())
	}
	return page.URL
}
