package config

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/decrypt"
)

// clientKeys reads the public keys of a client, from one of three places (RFC 7591 2):
// as JSON or a table, from a file, or from an address at which they are looked up.
func (r *reader) clientKeys(t *table, c *Client) {
	var given []string
	for _, key := range []string{"jwks", "jwks_file", "jwks_uri"} {
		if t.has(key) {
			given = append(given, key)
		}
	}
	if len(given) > 1 {
		r.fault(t.pos(given[1]), "keep one of them", "%s has both %s and %s", t.name, given[0], given[1])
	}
	t.checked("jwks_uri", &c.JWKSURI, checkDocument)
	if text := r.jwks(t); text != nil {
		c.JWKS = text
		if set, err := clientkey.Parse(text); err == nil && c.TokenEndpointAuthMethod == "private_key_jwt" && !set.CanVerify() {
			r.fault(t.pos("jwks"), `a key with use = "enc" is none`, "jwks in %s holds no public key that can check a signature", t.name)
		}
	}
	algs := clientkey.Algs()
	if c.TokenEndpointAuthMethod == "client_secret_jwt" {
		algs = []string{clientkey.HS256}
	}
	t.oneOf("token_endpoint_auth_signing_alg", &c.TokenEndpointAuthSigningAlg, algs...)
	if c.TokenEndpointAuthSigningAlg != "" && !strings.HasSuffix(c.TokenEndpointAuthMethod, "_jwt") {
		r.fault(t.pos("token_endpoint_auth_signing_alg"), "it is for private_key_jwt and client_secret_jwt", "%s signs nothing to authenticate", t.name)
	}
}

// jwks is the key set as JSON, nil when it is absent or wrong.
func (r *reader) jwks(t *table) []byte {
	var text []byte
	inline := t.take("jwks")
	pos := t.pos("jwks")
	if inline != nil {
		switch v := inline.value.(type) {
		case string:
			text = []byte(v)
		case map[string]*node:
			text, _ = json.Marshal(inline.plain(r)) // plain has only what JSON has
		default:
			t.wrong("jwks", inline, "JSON in a string, or a table")
			return nil
		}
	}
	var path string
	t.path("jwks_file", &path)
	if path != "" {
		pos = t.pos("jwks_file")
		var err error
		if text, err = r.readSmall(path, clientkey.MaxSet); err != nil {
			r.fault(pos, "", "jwks_file in %s: %s can't be read: %v", t.name, quoted(path), reason(err))
			return nil
		}
	}
	if text == nil {
		return nil
	}
	if _, err := clientkey.Parse(text); err != nil {
		r.fault(pos, `jwks = '{"keys": [{"kty": "EC", "crv": "P-256", "x": "…", "y": "…", "kid": "1"}]}'`, "jwks in %s: %v", t.name, err)
		return nil
	}
	return text
}

// readSmall reads a file of limit bytes at most; one byte more is read of a longer
// one, so that whoever parses it says what is wrong.
func (r *reader) readSmall(path string, limit int64) ([]byte, error) {
	text, _, err := r.readPrivate(path, limit)
	return text, err
}

// readPrivate is readSmall, and tells who may read the file.
func (r *reader) readPrivate(path string, limit int64) ([]byte, fs.FileMode, error) {
	f, err := r.open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return nil, 0, fs.ErrInvalid
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	return text, info.Mode(), err
}

// requestObjects reads how a client sends its authorization requests and gets the
// answers, under the names of RFC 9101, RFC 9126, JARM and OpenID Connect Dynamic
// Client Registration.
func (r *reader) requestObjects(t *table, keys Keys, c *Client) {
	t.flag("require_pushed_authorization_requests", &c.RequirePushedAuthorizationRequests)
	t.oneOf("request_object_signing_alg", &c.RequestObjectSigningAlg, clientkey.Algs()...)
	t.flag("require_signed_request_object", &c.RequireSignedRequestObject)
	r.requestEncryption(t, keys, c)
	t.texts("request_uris", &c.RequestURIs)
	r.rules(t, "request_uris", c.RequestURIs, checkDocument)
	t.oneOf("authorization_signed_response_alg", &c.AuthorizationSignedResponseAlg, signingAlgs()...)
	if t.has("jwks") || t.has("jwks_file") || t.has("jwks_uri") {
		return
	}
	const hint = "add jwks, jwks_file or jwks_uri"
	switch {
	case c.RequestObjectSigningAlg != "":
		r.fault(t.pos("request_object_signing_alg"), hint, "%s signs request objects but has no keys", t.name)
	case c.RequireSignedRequestObject:
		r.fault(t.pos("require_signed_request_object"), hint, "%s signs request objects but has no keys", t.name)
	case len(c.RequestURIs) > 0:
		r.fault(t.pos("request_uris"), hint, "%s has request_uris but no keys, and what is there must be signed", t.name)
	}
}

// requestEncryption reads how a client says that it encrypts its request objects, which the
// provider must have a key for.
func (r *reader) requestEncryption(t *table, keys Keys, c *Client) {
	const alg, enc = "request_object_encryption_alg", "request_object_encryption_enc"
	to := &c.RequestObjectEncryption
	t.oneOf(alg, &to.Alg, decrypt.KeyAlgs()...)
	t.oneOf(enc, &to.Enc, decrypt.ContentAlgs()...)
	switch {
	case to.Alg == "" && to.Enc != "":
		r.fault(t.pos(enc), "add "+alg, "%s has %s without %s", t.name, enc, alg)
	case to.Alg == "":
	case !slices.Contains(keys.Decrypt.Algs(), to.Alg):
		r.fault(t.pos(alg), "add such a key to decrypt_file in [keys]", "%s encrypts its request objects with %s, for which the provider has no key", t.name, quoted(to.Alg))
	case to.Enc == "":
		to.Enc = decrypt.ContentAlgs()[0]
	}
}

// resources reads for what a client may ask: the resource servers of RFC 8707 and the
// types of RFC 9396.
func (r *reader) resources(t *table, c *Client) {
	t.texts("resources", &c.Resources)
	r.rules(t, "resources", c.Resources, checkResource)
	t.texts("introspects", &c.Introspects)
	r.rules(t, "introspects", c.Introspects, checkIntrospected)
	t.texts("authorization_details_types", &c.AuthorizationDetailsTypes)
	r.rules(t, "authorization_details_types", c.AuthorizationDetailsTypes, checkDetailsType)
}

// checkDocument is for addresses of clients' documents, which the host fetches.
func checkDocument(s string) *flaw {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return &flaw{quoted(s) + " is not a URL", "https://app.example.com/jwks.json"}
	case u.User != nil:
		return &flaw{quoted(u.Redacted()) + " holds a user name", "remove what stands before the @"}
	case !secureOrLoopback(u):
		return &flaw{quoted(s) + " is not https", "http is for loopback addresses only"}
	}
	return nil
}

// checkResource holds RFC 8707 2: an absolute URI without a fragment.
func checkResource(s string) *flaw {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || strings.Contains(s, "#") || strings.ContainsAny(s, " \t\n") {
		return &flaw{quoted(s) + " is not an absolute URI without a fragment", "RFC 8707 section 2: https://api.example.com/"}
	}
	return nil
}

// checkIntrospected is for audiences of tokens. Those that tokens are exchanged for may have
// any name.
func checkIntrospected(s string) *flaw {
	if s == "" {
		return &flaw{"the audience is empty", `introspects = ["https://api.example.com"], or ["*"] for all`}
	}
	return nil
}

// checkDetailsType: RFC 9396 2 compares types as strings and bounds nothing.
func checkDetailsType(s string) *flaw {
	if s == "" || len(s) > 200 {
		return &flaw{quoted(s) + " is not a type of authorization details", `authorization_details_types = ["payment_initiation"]`}
	}
	return nil
}
