package passhash

import (
	"errors"
	"fmt"
	"strings"
)

// ErrHash means that a text is no password hash that can be checked. The text of the error
// never holds the hash.
var ErrHash = errors.New("not a password hash to use")

// Hash is a password hash as it is stored: one type for each scheme.
type Hash interface {
	// String is the text that Parse read, or reads.
	String() string
	// MemoryKiB is the memory that Matches takes while it works: next to none for
	// bcrypt and PBKDF2.
	MemoryKiB() uint32
	// Matches says whether this is the password's hash. It takes as long as the
	// parameters in the hash say, seconds at most.
	Matches(password []byte) bool
	// Covers says whether a match speaks for the whole password, or only for how it
	// begins.
	Covers(password []byte) bool
}

// MaxMemoryKiB is the most that checking any hash takes: 1 GiB.
const MaxMemoryKiB = 1 << 20

// longest bounds the text of a hash in bytes.
const longest = 512

// scheme is how hashes of one kind are told and read.
type scheme struct {
	prefix string
	parse  func(text string) (Hash, error)
}

func schemes() []scheme {
	return []scheme{
		{"$argon2id$", parseArgon2},
		{"$argon2i$", parseArgon2},
		{"$2a$", parseBcrypt},
		{"$2b$", parseBcrypt},
		{"$2y$", parseBcrypt},
		{"$scrypt$", parseScrypt},
		{"$pbkdf2-sha256$", parsePasslibPBKDF2},
		{"$pbkdf2-sha512$", parsePasslibPBKDF2},
		{"pbkdf2_sha256$", parseDjangoPBKDF2},
	}
}

// Parse reads a hash, strictly: each has one text, the one that String gives. The
// error is ErrHash and says what is wrong.
func Parse(text string) (Hash, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrHash, longest)
	}
	for _, s := range schemes() {
		if !strings.HasPrefix(text, s.prefix) {
			continue
		}
		h, err := s.parse(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrHash, strings.Trim(s.prefix, "$"), err)
		}
		return h, nil
	}
	return nil, fmt.Errorf("%w: it begins like none that is known: %s", ErrHash, known())
}

func known() string {
	var all []string
	for _, s := range schemes() {
		all = append(all, s.prefix)
	}
	return strings.Join(all, " ")
}
