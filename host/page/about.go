package page

import (
	"net/url"
	"strings"
)

// About is what a client shows of itself: addresses, empty where there is none (OpenID
// Connect Dynamic Client Registration 1.0 section 2). What is not https is left out. Who
// makes one has seen to it that the client may show it.
type About struct {
	Logo   string `json:"logo,omitzero"`
	Home   string `json:"home,omitzero"`
	Policy string `json:"policy,omitzero"` // how it uses what it learns
	Terms  string `json:"terms,omitzero"`
	// Unchecked says that nobody but the client stands behind the addresses: the page names
	// the host of each, and says so.
	Unchecked bool `json:"unchecked,omitzero"`
}

// shown are those that a page has. A logo is shown only when the policy of the page can
// name it, alone.
func (a About) shown() About {
	for _, address := range []*string{&a.Logo, &a.Home, &a.Policy, &a.Terms} {
		u, err := url.Parse(*address)
		if err != nil || !strings.EqualFold(u.Scheme, "https") || u.Hostname() == "" || u.User != nil {
			*address = ""
		}
	}
	if imageSource(a.Logo) == "" {
		a.Logo = ""
	}
	return a
}

// imageSource is one image as a source of img-src: itself, not the whole of its server,
// though a query can't be part of it (CSP3 2.3.1); empty when it can't be written as one.
func imageSource(address string) string {
	u, err := url.Parse(address)
	named, _, _ := strings.Cut(address, "?")
	if err != nil || address == "" || strings.Contains(u.Host, "[") || strings.ContainsFunc(named, notInSource) {
		return ""
	}
	path := u.EscapedPath()
	// A path that ends so stands for all that is below it.
	if path == "" || strings.HasSuffix(path, "/") {
		return ""
	}
	return source("https://" + u.Host + path)
}
