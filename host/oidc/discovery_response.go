package oidc

import (
	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/token"
)

// responseMetadata is how what clients get is signed and encrypted (OpenID Connect
// Discovery 1.0 section 3, JARM 4, RFC 9701 7).
type responseMetadata struct {
	IDTokenKeyAlgs      []string `json:"id_token_encryption_alg_values_supported"`
	IDTokenContentAlgs  []string `json:"id_token_encryption_enc_values_supported"`
	UserinfoAlgs        []string `json:"userinfo_signing_alg_values_supported"`
	UserinfoKeyAlgs     []string `json:"userinfo_encryption_alg_values_supported"`
	UserinfoContentAlgs []string `json:"userinfo_encryption_enc_values_supported"`
	AnswerAlgs          []string `json:"authorization_signing_alg_values_supported"`
	AnswerKeyAlgs       []string `json:"authorization_encryption_alg_values_supported"`
	AnswerContentAlgs   []string `json:"authorization_encryption_enc_values_supported"`

	IntrospectionAlgs        []string `json:"introspection_signing_alg_values_supported"`
	IntrospectionKeyAlgs     []string `json:"introspection_encryption_alg_values_supported"`
	IntrospectionContentAlgs []string `json:"introspection_encryption_enc_values_supported"`

	// OpenID Connect Back-Channel Logout 1.0, 2.1.
	BackchannelLogout  bool `json:"backchannel_logout_supported"`
	BackchannelSession bool `json:"backchannel_logout_session_supported"`

	// OpenID Connect Session Management 1.0, 3.3.
	CheckSession string `json:"check_session_iframe,omitempty"`

	// OpenID Connect Front-Channel Logout 1.0, 3.
	FrontchannelLogout  bool `json:"frontchannel_logout_supported"`
	FrontchannelSession bool `json:"frontchannel_logout_session_supported"`
}

func (p *Provider) describeResponses() responseMetadata {
	m := responseMetadata{
		IDTokenKeyAlgs:      clientkey.KeyAlgs(),
		IDTokenContentAlgs:  clientkey.ContentAlgs(),
		UserinfoAlgs:        token.Algs(),
		UserinfoKeyAlgs:     clientkey.KeyAlgs(),
		UserinfoContentAlgs: clientkey.ContentAlgs(),
		AnswerAlgs:          token.Algs(),
		AnswerKeyAlgs:       clientkey.KeyAlgs(),
		AnswerContentAlgs:   clientkey.ContentAlgs(),

		IntrospectionAlgs:        token.Algs(),
		IntrospectionKeyAlgs:     clientkey.KeyAlgs(),
		IntrospectionContentAlgs: clientkey.ContentAlgs(),

		BackchannelLogout: true, BackchannelSession: true,
		FrontchannelLogout: true, FrontchannelSession: true,
	}
	if p.managesSessions() {
		m.CheckSession = p.Issuer + pathCheckSession
	}
	return m
}
