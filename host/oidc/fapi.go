package oidc

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/sdk/dpop"
)

// What the FAPI 2.0 Security Profile (Final) demands beyond the settings that package config
// switches on for its clients: pushed requests, PKCE, a key to authenticate by and tokens
// that are bound to one.

// fapi says that a client is held to the profile.
func (c *client) fapi() bool { return c.Profile == config.FAPI2 }

// isAudience: 5.3.2.1, an assertion's aud is the issuer as a string, and not a list in which
// it stands beside others. Whoever else is named could use the assertion here.
func isAudience(payload []byte, issuer string) bool {
	var claims struct {
		Audience jsontext.Value `json:"aud"`
	}
	var aud string
	return json.Unmarshal(payload, &claims) == nil && json.Unmarshal(claims.Audience, &aud) == nil && aud == issuer
}

// checkProofAlg: 5.4.1 counts for proofs of possession too.
func checkProofAlg(c *client, proof *dpop.Proof) error {
	if proof == nil || !c.fapi() || slices.Contains(config.FAPIAlgs(), proof.Alg) {
		return nil
	}
	return invalidProof("The proof must be signed with PS256, ES256 or EdDSA.")
}

// describeFAPI narrows discovery to what is left when every client is held to the profile.
func (p *Provider) describeFAPI(m *metadata) {
	if p.Profile != config.FAPI2 {
		return
	}
	for _, algs := range []*[]string{
		&m.IDTokenAlgs, &m.UserinfoAlgs, &m.DPoPAlgs, &m.RequestAlgs, &m.AnswerAlgs, &m.IntrospectionAlgs, &m.TokenAuthAlgs, &m.RevocationAuthAlgs, &m.IntrospectionAuthAlgs,
	} {
		*algs = only(*algs, config.FAPIAlgs()...)
	}
	for _, methods := range []*[]string{&m.TokenAuthMethods, &m.RevocationMethods, &m.IntrospectionMethods} {
		*methods = only(*methods, authPrivateKey, authTLS, authSelfSigned)
	}
	m.PushRequired = true
}

// only is what of a list is one of some.
func only(list []string, of ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(of, s) })
}
