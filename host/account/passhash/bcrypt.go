package passhash

import (
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// bcryptBytes is how much of a password bcrypt reads.
const bcryptBytes = 72

// bcryptHash is a bcrypt hash: $2b$12$ and 53 characters of salt and sum. $2a$,
// $2b$ and $2y$ name the fixes of implementations long ago; the hash is the same.
type bcryptHash string

func parseBcrypt(text string) (Hash, error) {
	const (
		head  = len("$2b$12$")
		chars = head + 22 + 31
		// A cost of 15 takes two seconds, and each step doubles it.
		least, most = 4, 15
	)
	if len(text) != chars || text[head-1] != '$' {
		return nil, errParts
	}
	// The cost has two digits, so that a leading zero is not a second text.
	if _, err := number(strings.TrimPrefix(text[head-3:head-1], "0"), limit{"the cost", least, most}); err != nil {
		return nil, err
	}
	const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	if strings.Trim(text[head:], alphabet) != "" {
		return nil, errBase64
	}
	return bcryptHash(text), nil
}

// String is the text that was read.
func (h bcryptHash) String() string { return string(h) }

// MemoryKiB is next to nothing.
func (bcryptHash) MemoryKiB() uint32 { return 4 }

// Matches compares the first 72 bytes, as bcrypt does everywhere.
func (h bcryptHash) Matches(password []byte) bool {
	return bcrypt.CompareHashAndPassword([]byte(h), password) == nil
}

// Covers is false for a password of which bcrypt did not read the end.
func (bcryptHash) Covers(password []byte) bool { return len(password) <= bcryptBytes }
