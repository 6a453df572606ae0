package dpop

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Seen keeps which proofs were taken, in the memory of one process. It is bounded: a
// proof that does not fit is refused, since one that is not kept could be taken twice. It
// is safe for concurrent use.
type Seen struct {
	mu    sync.Mutex
	most  int
	until map[[sha256.Size]byte]time.Time
	sweep time.Time
}

// NewSeen makes a Seen for at most so many proofs at once, of some 100 bytes each.
func NewSeen(most int) *Seen {
	return &Seen{most: most, until: map[[sha256.Size]byte]time.Time{}}
}

// First says whether a proof comes for the first time, and keeps it.
func (s *Seen) First(p Proof, now time.Time) bool {
	key := sha256.Sum256([]byte(p.Thumbprint + " " + p.ID))
	s.mu.Lock()
	defer s.mu.Unlock()
	if until, ok := s.until[key]; ok && now.Before(until) {
		return false
	}
	if now.Sub(s.sweep) > MaxAge/4 || len(s.until) >= s.most && now.Sub(s.sweep) > time.Second {
		s.forget(now)
	}
	if len(s.until) >= s.most {
		return false
	}
	s.until[key] = p.Until
	return true
}

// forget drops what is too old for anybody.
func (s *Seen) forget(now time.Time) {
	s.sweep = now
	for key, until := range s.until {
		if !now.Before(until) {
			delete(s.until, key)
		}
	}
}
