package config

import (
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// The response types (OAuth 2.0 Multiple Response Type Encoding Practices 3, OpenID Connect
// Core 3.2.2.1). What is given to browsers beside the code is off unless the operator says so
// in words: RFC 9700 2.1.2 advises against access tokens there.
const (
	ResponseCode    = "code"
	ResponseIDToken = "id_token"
	ResponseTokens  = "id_token token" // an ID token and an access token
)

// grantImplicit is the grant type that stands for the response types beside code (RFC 7591 2.1).
const grantImplicit = "implicit"

const implicitHint = `insecure_response_types = ["id_token", "id_token token"] at the top switches them on`

// implicitTypes are all response types that can be switched on. A token alone is not among
// them: no client could tell for whom it was made (RFC 6749 10.16).
func implicitTypes() []string { return []string{ResponseIDToken, ResponseTokens} }

// ResponseType is a response type with its words in one order: it is a set (OAuth 2.0 Multiple
// Response Type Encoding Practices 3). What is longer than any that there is stays as it is:
// it may come from anybody.
func ResponseType(s string) string {
	const longest = 64
	if !strings.Contains(s, " ") || len(s) > longest {
		return s
	}
	words := strings.Split(s, " ")
	slices.Sort(words)
	return strings.Join(words, " ")
}

// insecureResponseTypes reads what clients may get beside codes.
func (r *reader) insecureResponseTypes(t *table, c *Config) {
	const key = "insecure_response_types"
	var named []string
	t.texts(key, &named)
	for _, name := range named {
		switch one := ResponseType(name); {
		case one == ResponseCode:
			r.fault(t.pos(key), "remove it", "%s in %s holds %s, which is always there", key, t.name, quoted(name))
		case one == "token":
			r.fault(t.pos(key), quoted(ResponseTokens)+" gives an ID token beside it", "%s in %s holds %s, which alone tells no client for whom it was made", key, t.name, quoted(name))
		case !slices.Contains(implicitTypes(), one):
			r.fault(t.pos(key), nearest.Hint(name, implicitTypes()), "%s in %s holds %s, expected some of: %s", key, t.name, quoted(name), strings.Join(implicitTypes(), ", "))
		case !slices.Contains(c.InsecureResponseTypes, one):
			c.InsecureResponseTypes = append(c.InsecureResponseTypes, one)
		}
	}
	if c.Profile == FAPI2 && len(named) > 0 {
		r.fault(t.pos(key), "remove one of the two", "%s in %s switches on what FAPI 2.0 forbids", key, t.name)
	}
}

// responseTypes reads what the client may ask for. They belong to grant types (RFC 7591 2.1):
// where only one of the two is named, the other follows.
func (r *reader) responseTypes(t *table, cfg *Config, c *Client) {
	const key = "response_types"
	switch implicit := slices.Contains(c.GrantTypes, grantImplicit); {
	case implicit && len(cfg.InsecureResponseTypes) == 0:
		r.fault(t.pos("grant_types"), implicitHint, "grant_types in %s holds %s, whose response types are off", t.name, quoted(grantImplicit))
	case implicit && !t.has(key):
		r.fault(t.pos("grant_types"), `response_types = ["id_token"]`, "grant_types in %s holds %s, and response_types does not say which", t.name, quoted(grantImplicit))
	}
	if !t.has(key) {
		if slices.Contains(c.GrantTypes, "authorization_code") {
			c.ResponseTypes = []string{ResponseCode}
		}
		return
	}
	var named []string
	t.texts(key, &named)
	for _, name := range named {
		c.ResponseTypes = append(c.ResponseTypes, ResponseType(name))
		r.responseType(t, cfg, name)
	}
	r.agree(t, c)
}

// responseType holds one of a client's to what there is.
func (r *reader) responseType(t *table, cfg *Config, name string) {
	known := append([]string{ResponseCode}, implicitTypes()...)
	switch one := ResponseType(name); {
	case !slices.Contains(known, one):
		r.fault(t.pos("response_types"), nearest.Hint(name, known), "response_types in %s holds %s, which acrhost does not have", t.name, quoted(name))
	case one != ResponseCode && !slices.Contains(cfg.InsecureResponseTypes, one):
		r.fault(t.pos("response_types"), implicitHint, "response_types in %s holds %s, which is off", t.name, quoted(name))
	}
}

// agree: RFC 7591 2.1, a grant type for each response type, and the other way round.
func (r *reader) agree(t *table, c *Client) {
	code := slices.Contains(c.ResponseTypes, ResponseCode)
	implicit := slices.ContainsFunc(c.ResponseTypes, func(s string) bool { return s != ResponseCode })
	if !t.has("grant_types") {
		if !code {
			c.GrantTypes = nil
		}
		if implicit {
			c.GrantTypes = append(c.GrantTypes, grantImplicit)
		}
		if len(c.GrantTypes) == 0 {
			r.fault(t.pos("response_types"), `response_types = ["code"]`, "response_types in %s is empty", t.name)
		}
		return
	}
	for _, pair := range []struct {
		grant string
		asked bool
		types string
	}{{"authorization_code", code, `"code"`}, {grantImplicit, implicit, `"id_token" or "id_token token"`}} {
		if slices.Contains(c.GrantTypes, pair.grant) != pair.asked {
			r.fault(t.pos("response_types"), "remove grant_types: it follows from response_types", "%s needs %s in grant_types and %s in response_types, or neither", t.name, quoted(pair.grant), pair.types)
		}
	}
}

// boundTokens: a token in an answer is bound to no key, since nobody has shown one.
func (r *reader) boundTokens(t *table, c *Client) {
	if slices.Contains(c.ResponseTypes, ResponseTokens) && (c.DPoPBoundAccessTokens || c.CertificateBoundAccessTokens) {
		r.fault(t.pos("response_types"), quoted(ResponseIDToken)+" alone, or "+quoted(ResponseCode), "response_types in %s holds %s, whose access token can't be bound to a key, and the client's must be", t.name, quoted(ResponseTokens))
	}
}

// fapiResponseTypes: FAPI 2.0 Security Profile 5.3.2.2, response_type is code.
func (r *reader) fapiResponseTypes(t *table, c *Client) {
	for _, name := range c.ResponseTypes {
		if name != ResponseCode {
			r.fault(t.pos("response_types"), `response_types = ["code"]`, "response_types in %s holds %s, which FAPI 2.0 forbids", t.name, quoted(name))
		}
	}
}
