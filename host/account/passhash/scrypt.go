package passhash

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// scryptHash is a scrypt hash as passlib writes it: $scrypt$ln=16,r=8,p=1$salt$sum,
// where ln is the logarithm of the cost N.
type scryptHash struct {
	ln, r, p  int
	salt, sum []byte
}

func parseScrypt(text string) (Hash, error) {
	part := strings.Split(text, "$")
	if len(part) != 5 {
		return nil, errParts
	}
	n, err := numbers(part[2], limit{"ln", 1, 20}, limit{"r", 1, 64}, limit{"p", 1, 64})
	if err != nil {
		return nil, err
	}
	h := scryptHash{ln: int(n[0]), r: int(n[1]), p: int(n[2])}
	// The memory is 128·N·r bytes, and goes through p times: at most 1 GiB, once.
	if h.r*h.p<<h.ln > MaxMemoryKiB<<10/128 {
		return nil, fmt.Errorf("ln, r and p together are dearer than ln=20,r=8,p=1")
	}
	if h.salt, err = octets(base64.RawStdEncoding, part[3], minSalt, maxSalt); err != nil {
		return nil, err
	}
	h.sum, err = octets(base64.RawStdEncoding, part[4], minSum, maxSum)
	return h, err
}

// String is the hash as passlib writes it.
func (h scryptHash) String() string {
	return fmt.Sprintf("$scrypt$ln=%d,r=%d,p=%d$%s$%s", h.ln, h.r, h.p,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// MemoryKiB is 128·N·r bytes, rounded up.
func (h scryptHash) MemoryKiB() uint32 { return uint32((128*h.r<<h.ln + 1023) >> 10) }

// Matches computes the hash anew.
func (h scryptHash) Matches(password []byte) bool {
	sum, err := scrypt.Key(password, h.salt, 1<<h.ln, h.r, h.p, len(h.sum))
	return err == nil && subtle.ConstantTimeCompare(sum, h.sum) == 1
}

// Covers is true: scrypt reads all of a password.
func (scryptHash) Covers([]byte) bool { return true }
