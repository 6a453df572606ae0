package oidc

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// nonceStep is how long a nonce is the newest. It is taken for one step more.
const nonceStep = 5 * time.Minute

// nonce is the provider's word that proofs must hold (RFC 9449 8): nobody can have made
// them long before. It is a keyed digest of the time, so that nothing is stored and any
// host with the same seal key knows it.
func (p *Provider) nonce() string { return p.nonceOf(p.Now()) }

// knowsNonce takes the nonce of this step and of the one before.
func (p *Provider) knowsNonce(said string) bool {
	now := p.Now()
	return hmac.Equal([]byte(said), []byte(p.nonceOf(now))) || hmac.Equal([]byte(said), []byte(p.nonceOf(now.Add(-nonceStep))))
}

func (p *Provider) nonceOf(t time.Time) string {
	step := binary.BigEndian.AppendUint64(nil, uint64(t.Unix())/uint64(nonceStep/time.Second))
	return base64.RawURLEncoding.EncodeToString(p.Sealer.MAC("dpop-nonce", p.Issuer, step)[:16])
}
