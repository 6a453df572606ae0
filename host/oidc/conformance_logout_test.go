package oidc_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// leaver is a user who signed in at a client and is about to sign out.
type leaver struct {
	*tried
	cookie *http.Cookie
	hint   string
}

func leaving(t *testing.T) *leaver {
	t.Helper()
	l := &leaver{tried: &tried{rig: newRig(t)}}
	s, cookie := l.newSession()
	l.cookie = cookie
	l.login.change = inSession(s)
	l.hint = l.rig.tokens(nil)["id_token"].(string)
	return l
}

// request is a request to sign out; extra as in good.
func (l *leaver) request(extra url.Values) url.Values {
	q := url.Values{"id_token_hint": {l.hint}, "post_logout_redirect_uri": {byeURI}, "state": {strings.Repeat("s", 128)}}
	maps.Copy(q, extra)
	return q
}

func (l *leaver) leaves(extra url.Values) reply {
	l.Helper()
	return l.logout(http.MethodGet, l.request(extra), l.cookie)
}

// sent: the browser goes back to the client at once, and nobody is signed in any more.
func (l *leaver) sent(a reply, location string) {
	l.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != location || l.inSession(l.cookie) {
		l.Errorf("%d to %q, want %q", a.StatusCode, a.Header.Get("Location"), location)
	}
}

// stays: no redirect, but an error page, which is about signing out; the session goes on.
func (l *leaver) stays(a reply) {
	l.Helper()
	l.wantPage(a)
	if !strings.Contains(a.body, "sign-out") {
		l.Errorf("the page does not say what failed: %s", a.body)
	}
	if !l.inSession(l.cookie) {
		l.Error("the session is over")
	}
}

// asked: the user is asked, and after a yes is signed out; the client is not told.
func (l *leaver) asked(a reply, location string) {
	l.Helper()
	token, ok := strings.CutPrefix(a.body, "LOGOUT ")
	if !ok || a.Header.Get("Location") != "" || !l.inSession(l.cookie) {
		l.Fatalf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	done := l.logout(http.MethodPost, url.Values{"_logout": {token}}, l.cookie)
	if l.inSession(l.cookie) || done.Header.Get("Location") != location {
		l.Errorf("%d to %q: %s", done.StatusCode, done.Header.Get("Location"), done.body)
	}
}

// TestConformanceLogout states what the modules of the RP-initiated logout plan demand, by
// their names.
func TestConformanceLogout(t *testing.T) {
	for name, demand := range map[string]func(*leaver){
		"oidcc-rp-initiated-logout": func(l *leaver) {
			l.sent(l.leaves(nil), byeURI+"&state="+strings.Repeat("s", 128))
		},
		"oidcc-rp-initiated-logout-no-state": func(l *leaver) { l.sent(l.leaves(url.Values{"state": {}}), byeURI) },
		"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": func(l *leaver) {
			l.stays(l.leaves(url.Values{"post_logout_redirect_uri": {"https://spa.example.com/bye/random"}}))
		},
		"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": func(l *leaver) {
			l.stays(l.leaves(url.Values{"post_logout_redirect_uri": {byeURI + "&foo=bar"}}))
		},
		"oidcc-rp-initiated-logout-modified-id-token-hint": func(l *leaver) {
			l.stays(l.leaves(url.Values{"id_token_hint": {unsigned(claims(l.T, l.hint), "none")}}))
		},
		"oidcc-rp-initiated-logout-bad-id-token-hint": func(l *leaver) {
			l.stays(l.leaves(url.Values{"id_token_hint": {by(l.T, "RS256", claims(l.T, l.hint), nil)}}))
		},
		// Nobody says who asks: there is no client that has registered the address.
		"oidcc-rp-initiated-logout-no-id-token-hint": func(l *leaver) { l.stays(l.leaves(url.Values{"id_token_hint": {}})) },
		"oidcc-rp-initiated-logout-no-params": func(l *leaver) {
			l.asked(l.leaves(url.Values{"id_token_hint": {}, "post_logout_redirect_uri": {}, "state": {}}), "")
		},
		"oidcc-rp-initiated-logout-only-state": func(l *leaver) {
			l.asked(l.leaves(url.Values{"id_token_hint": {}, "post_logout_redirect_uri": {}}), "")
		},
		"oidcc-rp-initiated-logout-no-post-logout-redirect-uri": func(l *leaver) {
			if a := l.leaves(url.Values{"post_logout_redirect_uri": {}}); a.StatusCode != http.StatusOK || a.body != "SIGNED OUT" || l.inSession(l.cookie) {
				l.Errorf("%d %s", a.StatusCode, a.body)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { demand(leaving(t)) })
	}
}
