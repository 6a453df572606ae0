package config

// introspection reads how a client gets answers of the introspection endpoint that it wants as
// JWTs (RFC 9701 6). Only who can prove itself may ask there (RFC 7662 2.1, RFC 9701 4), so that
// a public client that is to get them so would wait in vain.
func (r *reader) introspection(t *table, c *Client) {
	const signed, alg, enc = "introspection_signed_response_alg", "introspection_encrypted_response_alg", "introspection_encrypted_response_enc"
	t.oneOf(signed, &c.IntrospectionSignedResponseAlg, signingAlgs()...)
	r.encryption(t, c, "introspection", &c.IntrospectionEncryption)
	if c.TokenEndpointAuthMethod != "none" {
		return
	}
	for _, key := range []string{signed, alg, enc} {
		if t.has(key) {
			r.fault(t.pos(key), "remove it, or give the client a secret or keys", "%s has %s but is a public client, which may not introspect", t.name, key)
			return
		}
	}
}
