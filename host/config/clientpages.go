package config

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what users may read of a client.
const (
	maxClientName = 120     // characters
	maxClientURL  = 2 << 10 // bytes
)

// longestLifetime bounds what a client's own lifetimes may be: nobody means more than a
// year, and what is issued for longer can't be taken back by waiting.
const longestLifetime = 366 * 24 * time.Hour

// pages reads what users can be shown of a client, and where its logins begin, under the
// names of RFC 7591 2 and OpenID Connect Dynamic Client Registration 2. The host fetches
// none of these addresses.
func (r *reader) pages(t *table, c *Client) {
	t.checked("name", &c.Name, checkClientName)
	for key, to := range map[string]*string{
		"logo_uri": &c.LogoURI, "policy_uri": &c.PolicyURI, "tos_uri": &c.TermsURI, "client_uri": &c.HomeURI, "initiate_login_uri": &c.InitiateLoginURI,
	} {
		t.checked(key, to, checkPage)
	}
	t.flag("skip_consent", &c.SkipConsent)
}

// lifetimes reads how long a client's tokens live, where that is not as in [tokens].
func (r *reader) lifetimes(t *table, c *Client) {
	for key, to := range map[string]*time.Duration{
		"access_token_lifetime": &c.AccessTokenLifetime, "id_token_lifetime": &c.IDTokenLifetime, "refresh_token_lifetime": &c.RefreshTokenLifetime,
	} {
		t.lifetime(key, to)
		if *to > longestLifetime {
			r.fault(t.pos(key), "a year is 8784h at most", "%s in %s is %s, at most %s is allowed", key, t.name, *to, longestLifetime)
		}
	}
}

// checkClientName is for names that users read, in the middle of the host's own words: no
// control characters, and none that change the direction of what follows.
func checkClientName(s string) *flaw {
	bad := func(c rune) bool { return !unicode.IsPrint(c) || unicode.Is(unicode.Bidi_Control, c) }
	if strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > maxClientName || strings.ContainsFunc(s, bad) {
		return &flaw{"is not a name that users can read", "up to 120 printable characters"}
	}
	return nil
}

// checkPage is for addresses that a browser is sent to.
func checkPage(s string) *flaw {
	if len(s) > maxClientURL {
		return &flaw{"is too long", "2048 bytes are enough"}
	}
	f := checkDocument(s)
	if f != nil {
		f.hint = "an https address, to which browsers are sent"
	}
	return f
}
