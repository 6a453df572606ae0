package page

import (
	_ "embed"
	"html"
	"io"
	"net/http"
)

//go:embed assets/check-session.js
var checkSessionJS string

// CheckSession is the frame in which clients' pages ask whether the session has changed
// (OpenID Connect Session Management 1.0, 3.2). Every site may frame it: it shows nothing,
// there is nothing to click, and what it answers only who knows a session_state can read.
// cookie is the name of the cookie with the browser's state.
func (*Pages) CheckSession(w http.ResponseWriter, cookie string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; script-src "+hashOf(checkSessionJS)+"; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!doctype html>\n<title>Session</title>\n<script data-cookie=\""+html.EscapeString(cookie)+"\">"+checkSessionJS+"</script>\n")
}
