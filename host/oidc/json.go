package oidc

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// noStore keeps an answer out of caches. RFC 6749 5.1 asks for both headers.
func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}

// writeJSON writes an answer. A failed write is the client's loss alone.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return serverError(err)
	}
	writeJSONText(w, status, text)
	return nil
}

func writeJSONText(w http.ResponseWriter, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// writeJWT writes an answer that is a JWT, with its media type. A failed write is the client's
// loss alone.
func writeJWT(w http.ResponseWriter, kind, text string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, text)
}

// wireError is an Error as JSON.
type wireError struct {
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func (p *Provider) writeError(w http.ResponseWriter, e *Error) {
	for _, scheme := range e.challenges() {
		w.Header().Add("WWW-Authenticate", p.challenge(e, scheme))
	}
	if e.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(store.BusyTime.Seconds()))) // RFC 9110 15.6.4
	}
	if e.Code == "" {
		w.WriteHeader(e.status)
		return
	}
	_ = writeJSON(w, e.status, wireError{e.Code, e.Description}) // two strings always encode
}

// challenges are the schemes of the WWW-Authenticate headers. Who asked without a token is
// told of both.
func (e *Error) challenges() []string {
	switch {
	case e.scheme == "":
		return nil
	case e.Code == "":
		return []string{schemeBearer, schemeDPoP}
	}
	return []string{e.scheme}
}

// challenge is a WWW-Authenticate header. Nothing in it comes from the request.
func (p *Provider) challenge(e *Error, scheme string) string {
	text := scheme + ` realm="` + p.Issuer + `"`
	if scheme == schemeDPoP {
		text += `, algs="` + strings.Join(dpop.Algs(), " ") + `"` // RFC 9449 7.1
	}
	if scheme == schemeBasic || e.Code == "" {
		return text
	}
	// RFC 6750 3: error and error_description.
	text += `, error="` + e.Code + `", error_description="` + e.Description + `"`
	if e.Code == insufficientScope().Code {
		text += `, scope="openid"`
	}
	return text
}
