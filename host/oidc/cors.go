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
	// The star is for what else scripts send, such as the headers of tracing: it means any
	// header but Authorization (Fetch standard 4.9), and no cookies come along.
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, "+headerProof+", *")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
}
