package resource

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// StepUp is for clients: what a resource server's answer asks a new authorization
// request to hold (RFC 9470 4), acr_values and max_age; false when it asks for none.
func StepUp(res *http.Response) (url.Values, bool) {
	for _, header := range res.Header.Values("WWW-Authenticate") {
		params := parameters(header)
		if params["error"] != "insufficient_user_authentication" {
			continue
		}
		ask := url.Values{}
		for _, name := range []string{"acr_values", "max_age"} {
			if params[name] != "" {
				ask.Set(name, params[name])
			}
		}
		return ask, true
	}
	return nil, false
}

// authParam is one parameter of a challenge (RFC 9110 11.2), its value quoted or not.
var authParam = regexp.MustCompile(`([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))`)

func parameters(header string) map[string]string {
	all := map[string]string{}
	for _, m := range authParam.FindAllStringSubmatch(header, -1) {
		value := m[3]
		if value == "" {
			value = regexp.MustCompile(`\\(.)`).ReplaceAllString(m[2], "$1")
		}
		all[strings.ToLower(m[1])] = value
	}
	return all
}
