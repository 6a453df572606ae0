package passhash

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
)

// pbkdf2Hash is a PBKDF2 hash in the format of passlib
// ($pbkdf2-sha256$29000$salt$sum, base64 with . for +) or of Django
// (pbkdf2_sha256$600000$salt$sum, where the salt is itself and not base64).
type pbkdf2Hash struct {
	text      string
	digest    func() hash.Hash
	rounds    int
	salt, sum []byte
}

// rounds bounds the time: ten million of SHA-512 take 5 seconds.
func rounds() limit { return limit{"the number of rounds", 1, 10_000_000} }

func parsePasslibPBKDF2(text string) (Hash, error) {
	part := strings.Split(text, "$")
	if len(part) != 5 {
		return nil, errParts
	}
	h := pbkdf2Hash{text: text, digest: sha256.New}
	if part[1] == "pbkdf2-sha512" {
		h.digest = sha512.New
	}
	n, err := number(part[2], rounds())
	if err != nil {
		return nil, err
	}
	h.rounds = int(n)
	if h.salt, err = octets(passlibBase64(), part[3], minSalt, maxSalt); err != nil {
		return nil, err
	}
	size := h.digest().Size()
	h.sum, err = octets(passlibBase64(), part[4], size, size)
	return h, err
}

func parseDjangoPBKDF2(text string) (Hash, error) {
	part := strings.Split(text, "$")
	if len(part) != 4 {
		return nil, errParts
	}
	n, err := number(part[1], rounds())
	if err != nil {
		return nil, err
	}
	salt := part[2]
	if len(salt) < minSalt || len(salt) > maxSalt || strings.ContainsFunc(salt, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the salt must be 8 to 64 plain characters")
	}
	sum, err := octets(base64.StdEncoding, part[3], sha256.Size, sha256.Size)
	return pbkdf2Hash{text: text, digest: sha256.New, rounds: int(n), salt: []byte(salt), sum: sum}, err
}

// String is the text that was read.
func (h pbkdf2Hash) String() string { return h.text }

// MemoryKiB is next to nothing.
func (pbkdf2Hash) MemoryKiB() uint32 { return 1 }

// Matches computes the hash anew.
func (h pbkdf2Hash) Matches(password []byte) bool {
	sum, err := pbkdf2.Key(h.digest, string(password), h.salt, h.rounds, len(h.sum))
	return err == nil && subtle.ConstantTimeCompare(sum, h.sum) == 1
}

// Covers is true: PBKDF2 reads all of a password.
func (pbkdf2Hash) Covers([]byte) bool { return true }
