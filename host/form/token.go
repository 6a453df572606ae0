package form

import (
	"crypto/hmac"
	"encoding/base64"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// Signer makes tokens that only this host can make: a word in the clear, and what
// authenticates it for one owner.
type Signer struct {
	Sealer *store.Sealer
	Use    string // what its tokens are for: none counts for another use
}

// Sign is a token that says word, for an owner: what only one browser knows, or its
// key. No word holds a dot.
func (s Signer) Sign(owner, word string) string {
	return word + "." + base64.RawURLEncoding.EncodeToString(s.mac(owner, word))
}

// Open is the word of a token that Sign made for this owner.
func (s Signer) Open(owner, token string) (word string, ok bool) {
	word, code, ok := strings.Cut(token, ".")
	if !ok {
		return "", false
	}
	mac, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || !hmac.Equal(mac, s.mac(owner, word)) {
		return "", false
	}
	return word, true
}

func (s Signer) mac(owner, word string) []byte { return s.Sealer.MAC(s.Use, owner, []byte(word)) }
