package token

import (
	"crypto/sha256"
	"sync"
)

// knownTokens is how many access tokens are remembered as good at least, and twice that at
// most: some 2 MiB.
const knownTokens = 8_000

// known are access tokens whose signature was made or checked here. To check one of ES256
// takes longer than all else that userinfo does, and clients show a token soon after they
// got it. What is remembered is a hash of the whole token, so that nothing else passes for
// it, and nothing but the signature is taken for granted: the key must still be there, and
// time, audience and grant are looked at each time. What was checked once is the header: only
// access tokens are remembered, so that who asks for another type does not ask here.
type known struct {
	mu             sync.Mutex
	recent, before map[[sha256.Size]byte]string // the id of the key that signed
}

func (k *known) add(raw, key string) {
	id := sha256.Sum256([]byte(raw))
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.recent == nil || len(k.recent) >= knownTokens {
		k.before, k.recent = k.recent, make(map[[sha256.Size]byte]string)
	}
	k.recent[id] = key
}

// key is the id of the key that signed a token; empty for a token that is not known.
func (k *known) key(raw string) string {
	id := sha256.Sum256([]byte(raw))
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.recent[id]; ok {
		return key
	}
	return k.before[id]
}
