package oidc

import "net/http"

// anyOrigin lets scripts of every origin read the answers (Fetch standard 3.2).
// That is safe where the request proves itself and no cookie counts; credentials
// are not allowed along.
func anyOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "WWW-Authenticate, "+headerNonce)
		next.ServeHTTP(w, r)
	})
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
