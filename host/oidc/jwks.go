package oidc

import "net/http"

// metadataAge is how long clients may keep discovery and keys without asking. It
// bounds how fast a new key is known.
const metadataAge = "public, max-age=300"

// serveJWKS answers with the public keys (RFC 7517 5).
func (p *Provider) serveJWKS(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", metadataAge)
	h.Set("ETag", p.Keys.ETag())
	if r.Header.Get("If-None-Match") == p.Keys.ETag() {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeJSONText(w, http.StatusOK, p.Keys.JWKS())
}
