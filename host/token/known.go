package token

import (
	"crypto/sha256"
	"sync"
)

// knownTokens is how many access tokens are remembered as good at least, and twice that at
// most: some 4 MiB.
const knownTokens = 20_000

// known are access tokens whose signature was made or checked here. To check one of ES256
// takes longer than all else that userinfo does, and clients show a token soon after they
// got it. What is remembered is a hash of the whole token, so that nothing else passes for
// it, and nothing but the signature is taken for granted: the key must still be there, and
// time, audience and grant are looked at each time.
type known struct {
	mu             sync.Mutex
	recent, before map[[sha256.Size]byte]struct{}
}

func (k *known) add(raw string) {
	id := sha256.Sum256([]byte(raw))
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.recent == nil || len(k.recent) >= knownTokens {
		k.before, k.recent = k.recent, make(map[[sha256.Size]byte]struct{})
	}
	k.recent[id] = struct{}{}
}

func (k *known) has(raw string) bool {
	id := sha256.Sum256([]byte(raw))
	k.mu.Lock()
	defer k.mu.Unlock()
	_, recent := k.recent[id]
	_, before := k.before[id]
	return recent || before
}
