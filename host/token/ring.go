package token

import (
	"bytes"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// ring is all keys at one moment. It is immutable.
type ring struct {
	byID  map[string]*key
	lines map[string][]*key // by algorithm, oldest first
	jwks  []byte
	etag  string
}

// load opens every stored key, but those that the ring before has open. One that can't be
// opened is an error, not a gap: the tokens that it signed would turn invalid without a
// word.
func load(stored []store.SigningKey, sealer Sealer, before *ring) (*ring, error) {
	r := &ring{byID: map[string]*key{}, lines: map[string][]*key{}}
	var all []*key
	for _, s := range stored {
		k, err := before.open(sealer, s)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
		r.byID[k.ID] = k
		r.lines[k.Alg] = append(r.lines[k.Alg], k)
	}
	for _, alg := range Algs() {
		if len(r.lines[alg]) == 0 {
			return nil, fmt.Errorf("no %s key to sign with", alg)
		}
	}
	var err error
	r.jwks, r.etag, err = publish(all)
	return r, err
}

// open is the key of a stored one. The same sealed bytes are the same private key.
func (r *ring) open(sealer Sealer, s store.SigningKey) (*key, error) {
	if r != nil {
		if old := r.byID[s.ID]; old != nil && old.Alg == s.Alg && bytes.Equal(old.Sealed, s.Sealed) {
			return newKey(s, old.private)
		}
	}
	return unseal(sealer, s)
}

// signer is the key that signs now: of those whose time has come the one whose time came
// last. Where a clock is behind that of the host that made the keys, it may be that of
// none: then the oldest that is not retired signs.
func (r *ring) signer(alg string, now time.Time) *key {
	var signs, oldest *key
	for _, k := range r.lines[alg] {
		if oldest == nil && k.RetiredAt.IsZero() {
			oldest = k
		}
		begun := !now.Before(k.SignsAt)
		ended := !k.RetiredAt.IsZero() && !now.Before(k.RetiredAt)
		if begun && !ended && (signs == nil || !k.SignsAt.Before(signs.SignsAt)) {
			signs = k
		}
	}
	if signs == nil {
		return oldest
	}
	return signs
}
