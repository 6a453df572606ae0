package oidc

import (
	"net/http"
	"slices"
)

// anyOrigin lets scripts of every origin read the answers (Fetch standard 3.2).
// That is safe where the request proves itself and no cookie counts; credentials
// are not allowed along, but see itsOrigin.
func anyOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "WWW-Authenticate, "+headerNonce)
		next.ServeHTTP(w, r)
	})
}

// itsOrigin lets scripts of a public client's own pages send credentials along, as keycloak-js
// does; a browser takes no star then (Fetch standard 3.2.5). Neither cookie nor certificate
// proves such a client, and who serves its redirect URI gets its codes anyway. A client that
// proves itself has no scripts: its answer, made for a certificate that the browser adds to
// whatever page asks, must be read by none.
func itsOrigin(w http.ResponseWriter, r *http.Request, c *client) {
	from := r.Header.Get("Origin")
	if from == "" || !c.public() || !slices.ContainsFunc(c.RedirectURIs, func(uri string) bool { return origin(uri) == from }) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", from)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Add("Vary", "Origin")
}

// preflight answers the question that a browser asks before it sends an
// Authorization header.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	// Besides what proves a request: what libraries add by themselves, and W3C's headers of
	// tracing. No star: it would let scripts say what only a trusted proxy may, as
	// X-Forwarded-For, from a browser that runs where one does.
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, "+headerProof+", X-Requested-With, traceparent, tracestate, baggage")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
}
