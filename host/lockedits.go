package host

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/config"
)

// rewrite is what to do about a lock that says what is not so.
const rewrite = `"acrhost plugin lock" writes it anew; look at what changed`

// unedited holds what the lock says of a module to the module that it pins, and to the
// signature that passed. Nothing is loaded by those fields, but people read them, and the
// next update is held against what it asked for: a lock that says more hides a difference.
func (t *trust) unedited(p config.Plugin, c candidate, v signature.Verified, jws []byte) error {
	e, locked := t.entry(p)
	if !locked {
		return nil
	}
	m, err := artifact.Manifest(c.wasm)
	if err != nil {
		return refuse(p, packHint(err), "%v", err)
	}
	var wrong []string
	differs := func(what, said, is string) {
		if said != is {
			wrong = append(wrong, fmt.Sprintf("%s %.80q, which is %.80q", what, said, is))
		}
	}
	differs("the name", e.Name, m.Name)
	differs("the version", e.Version, m.Version)
	if e.Signature != "" && string(jws) == e.Signature {
		differs("the signer", e.Signer, v.Signer)
		differs("the kid", e.KeyID, v.KeyID)
	}
	if asks := artifact.AsksOf(m); !reflect.DeepEqual(e.Asks, asks) {
		wrong = append(wrong, "under asks something else than the module asks for")
	}
	if len(wrong) == 0 {
		return nil
	}
	return refuse(p, rewrite, "%s doesn't fit the module that it pins: it says %s", lock.Name, strings.Join(wrong, "; "))
}
