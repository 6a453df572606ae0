package oidc

import (
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// maxParams is the size of a request's parameters, encoded, in bytes. It leaves
// room for a large state and is far under what a journey's run may hold.
const maxParams = 64 << 10

// params are the parameters of a request, parsed once.
type params struct{ values url.Values }

// queryParams reads the query. It refuses what it can't parse whole.
func queryParams(r *http.Request) (params, error) {
	if len(r.URL.RawQuery) > maxParams {
		return params{}, invalidRequest("The request is too large.")
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params{}, invalidRequest("The query cannot be parsed.").because(err)
	}
	return inUTF8(values)
}

// inUTF8 refuses parameters that are not UTF-8, as RFC 6749 Appendix B demands: JSON can't
// hold them, so that a state would come back in a signed answer as another one.
func inUTF8(all url.Values) (params, error) {
	for name, values := range all {
		for _, v := range values {
			if !utf8.ValidString(name) || !utf8.ValidString(v) {
				return params{}, invalidRequest("The parameters must be UTF-8.")
			}
		}
	}
	return params{all}, nil
}

// formParams reads a form from the body. The query does not count: what it holds
// ends up in logs and histories.
func formParams(w http.ResponseWriter, r *http.Request) (params, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return params{}, invalidRequest("The body must be application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxParams)
	if err := r.ParseForm(); err != nil {
		return params{}, invalidRequest("The body cannot be parsed.").because(err)
	}
	return inUTF8(r.PostForm)
}

// get is a parameter's value, empty when it was not sent: RFC 6749 3.1 treats one
// without a value as omitted.
func (p params) get(name string) string { return p.values.Get(name) }

// has says whether a parameter was sent with a value.
func (p params) has(name string) bool { return p.get(name) != "" }

// repeated says whether a parameter was sent more than once, which RFC 6749 3.1
// and 3.2 forbid: two readers could each take another one.
func (p params) repeated(name string) bool { return len(p.values[name]) > 1 }

// anyRepeated is the first of the names that was sent more than once. Others may
// be: an unknown parameter is ignored, and some are lists (RFC 8707).
func (p params) anyRepeated(names ...string) (string, bool) {
	for _, name := range names {
		if p.repeated(name) {
			return name, true
		}
	}
	return "", false
}
