package config

import "github.com/acrhost/acrhost/host/clientkey"

// encryption reads how something is encrypted for a client: <what>_encrypted_response_alg and
// _enc, as OpenID Connect Dynamic Client Registration 2, JARM 3 and RFC 9701 6 name it.
func (r *reader) encryption(t *table, c *Client, what string, to *clientkey.Encryption) {
	alg, enc := what+"_encrypted_response_alg", what+"_encrypted_response_enc"
	t.oneOf(alg, &to.Alg, clientkey.KeyAlgs()...)
	t.oneOf(enc, &to.Enc, clientkey.ContentAlgs()...)
	switch {
	case to.Alg == "" && to.Enc != "":
		r.fault(t.pos(enc), "add "+alg, "%s has %s without %s", t.name, enc, alg)
	case to.Alg == "":
	case !t.has("jwks") && !t.has("jwks_file") && !t.has("jwks_uri"):
		r.fault(t.pos(alg), "add jwks, jwks_file or jwks_uri", "%s wants something encrypted but has no keys", t.name)
	case !canEncrypt(c.JWKS, to.Alg):
		r.fault(t.pos(alg), `add a key with use = "enc"`, "%s has no key that fits %s", t.name, quoted(to.Alg))
	}
	if to.Alg != "" && to.Enc == "" {
		to.Enc = clientkey.ContentAlgs()[0]
	}
}

// canEncrypt is true also where the keys are not known yet.
func canEncrypt(jwks []byte, alg string) bool {
	if jwks == nil {
		return true
	}
	set, err := clientkey.Parse(jwks)
	return err != nil || set.CanEncrypt(alg) // an error was said already
}
