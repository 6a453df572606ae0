package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// metadataAge is how long clients may keep discovery and keys without asking. It
// bounds how fast a new key is known.
const metadataAge = "public, max-age=300"

// serveJWKS answers with the public keys (RFC 7517 5).
func (p *Provider) serveJWKS(w http.ResponseWriter, r *http.Request) {
	text, tag, err := p.jwks()
	if err != nil {
		p.Log.ErrorContext(r.Context(), "key set not made", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", metadataAge)
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeJSONText(w, http.StatusOK, text)
}

// jwks are the keys that sign, and those to encrypt to, where there are any.
func (p *Provider) jwks() (text []byte, tag string, err error) {
	text, tag = p.Keys.JWKS(), p.Keys.ETag()
	if p.Decrypt == nil {
		return text, tag, nil
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, "", fmt.Errorf("read the signing keys: %w", err)
	}
	set.Keys = append(set.Keys, p.Decrypt.Public()...)
	if text, err = json.Marshal(set); err != nil {
		return nil, "", fmt.Errorf("publish keys: %w", err)
	}
	sum := sha256.Sum256(text)
	return text, strings.TrimSuffix(tag, `"`) + "-" + base64.RawURLEncoding.EncodeToString(sum[:6]) + `"`, nil
}
