package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync/atomic"

	"github.com/acrhost/acrhost/host/account/passhash"
	"github.com/acrhost/acrhost/host/store"
)

// decoys are the hashes that are checked where there is no password, so that the
// time tells nobody whether there is one.
//
// Ours have one cost, and so has ours for nobody. A hash that was imported has
// another, until its user logs in: the time would say that the name is known. So half of
// the names without a password are given the last such hash that was seen here, and
// always the same half. What is left: who measures learns that a name is one of
// these, or else imported; before the first of them was seen, nothing hides it. How
// often anybody may measure is for the throttle.
type decoys struct {
	own   passhash.Hash
	cost  passhash.Cost
	key   []byte
	other atomic.Pointer[passhash.Hash]
}

func newDecoys(cost passhash.Cost, sealer *store.Sealer) *decoys {
	d := &decoys{own: passhash.Nobody(cost), cost: cost, key: make([]byte, sha256.Size)}
	if sealer != nil {
		// The same half after a restart, and on every host.
		d.key = sealer.MAC("decoy", "", nil)
		return d
	}
	_, _ = rand.Read(d.key) // never fails: it ends the program instead
	return d
}

// learn keeps a hash that takes other work than ours.
func (d *decoys) learn(h passhash.Hash) {
	if !passhash.Current(h, d.cost) {
		d.other.Store(&h)
	}
}

// of is the hash to check for a name without a password. It may be somebody's: that
// a password matches it is never an answer.
func (d *decoys) of(name string) passhash.Hash {
	other := d.other.Load()
	if other == nil {
		return d.own
	}
	if normal, err := store.NormalizeName(name); err == nil {
		name = normal
	}
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(name))
	if mac.Sum(nil)[0]&1 == 0 {
		return d.own
	}
	return *other
}
