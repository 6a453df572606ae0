package resource

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// StepUp is for clients: what a resource server's answer asks a new authorization
// request to hold (RFC 9470 4), acr_values and max_age; false when it asks for none.
// Only the challenges of the schemes Bearer and DPoP count.
func StepUp(res *http.Response) (url.Values, bool) {
	for _, header := range res.Header.Values("WWW-Authenticate") {
		for _, c := range challenges(header) {
			if c.scheme != "bearer" && c.scheme != "dpop" || c.params["error"] != "insufficient_user_authentication" {
				continue
			}
			ask := url.Values{}
			if values := c.params["acr_values"]; values != "" {
				ask.Set("acr_values", values)
			}
			if age := c.params["max_age"]; age != "" && strings.Trim(age, "0123456789") == "" {
				ask.Set("max_age", age)
			}
			return ask, true
		}
	}
	return nil, false
}

// authChallenge is one challenge of a header (RFC 9110 11.6.1), its names in lower case.
type authChallenge struct {
	scheme string
	params map[string]string
}

// authPart is either a parameter, its value quoted or not, or else a scheme. A header
// may hold several challenges, divided by commas as their parameters are.
var (
	authPart = regexp.MustCompile(`([A-Za-z0-9!#$%&'*+.^_|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?`)
	escaped  = regexp.MustCompile(`\\(.)`)
)

func challenges(header string) []authChallenge {
	var all []authChallenge
	for _, m := range authPart.FindAllStringSubmatchIndex(header, -1) {
		name := strings.ToLower(header[m[2]:m[3]])
		quoted, bare := m[4] >= 0, m[6] >= 0
		switch {
		case !quoted && !bare:
			all = append(all, authChallenge{scheme: name, params: map[string]string{}})
		case len(all) == 0: // a parameter of nothing
		case quoted:
			all[len(all)-1].set(name, escaped.ReplaceAllString(header[m[4]:m[5]], "$1"))
		default:
			all[len(all)-1].set(name, header[m[6]:m[7]])
		}
	}
	return all
}

// set keeps a parameter. One that comes twice must not be (RFC 9110 11.2); the first
// counts.
func (c authChallenge) set(name, value string) {
	if _, ok := c.params[name]; !ok {
		c.params[name] = value
	}
}
