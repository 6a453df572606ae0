package passhash

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	threads   = 1
	saltBytes = 16 // RFC 9106 3.1
	sumBytes  = 32
)

// argon2Hash is an argon2id or argon2i hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$sum.
type argon2Hash struct {
	data    bool // argon2i: memory is never read where the password says
	cost    Cost
	threads uint8
	salt    []byte
	sum     []byte
}

// New hashes a password by argon2id with a new salt.
func New(cost Cost, password []byte) Hash {
	h := argon2Hash{cost: cost, threads: threads, salt: random(saltBytes), sum: make([]byte, sumBytes)}
	h.sum = h.compute(password)
	return h
}

// Nobody is a hash of this cost that no password has. Nothing is computed.
func Nobody(cost Cost) Hash {
	return argon2Hash{cost: cost, threads: threads, salt: random(saltBytes), sum: random(sumBytes)}
}

// Current says whether New would make such a hash for this cost.
func Current(h Hash, cost Cost) bool {
	a, ok := h.(argon2Hash)
	return ok && !a.data && a.cost == cost && a.threads == threads
}

func parseArgon2(text string) (Hash, error) {
	part := strings.Split(text, "$")
	if len(part) != 6 || part[0] != "" {
		return nil, errParts
	}
	if part[2] != "v="+strconv.Itoa(argon2.Version) {
		return nil, fmt.Errorf("it is not of version %d", argon2.Version)
	}
	n, err := numbers(part[3], limit{"m", minMemoryKiB, MaxMemoryKiB}, limit{"t", 1, maxIterations}, limit{"p", 1, maxThreads})
	if err != nil {
		return nil, err
	}
	h := argon2Hash{data: part[1] == "argon2i", cost: Cost{MemoryKiB: uint32(n[0]), Iterations: uint32(n[1])}, threads: uint8(n[2])}
	if h.cost.MemoryKiB < minMemoryKiB*uint32(h.threads) {
		return nil, fmt.Errorf("m must be %d for each thread at least", minMemoryKiB)
	}
	if err := h.cost.Check(); err != nil {
		return nil, err
	}
	if h.salt, err = octets(base64.RawStdEncoding, part[4], minSalt, maxSalt); err != nil {
		return nil, err
	}
	h.sum, err = octets(base64.RawStdEncoding, part[5], minSum, maxSum)
	return h, err
}

// String is the hash in the PHC string format.
func (h argon2Hash) String() string {
	name := "argon2id"
	if h.data {
		name = "argon2i"
	}
	return fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", name, argon2.Version,
		h.cost.MemoryKiB, h.cost.Iterations, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// MemoryKiB is the parameter m.
func (h argon2Hash) MemoryKiB() uint32 { return h.cost.MemoryKiB }

// Matches computes the hash anew.
func (h argon2Hash) Matches(password []byte) bool {
	return subtle.ConstantTimeCompare(h.compute(password), h.sum) == 1
}

// Covers is true: argon2 reads all of a password.
func (argon2Hash) Covers([]byte) bool { return true }

func (h argon2Hash) compute(password []byte) []byte {
	derive := argon2.IDKey
	if h.data {
		derive = argon2.Key
	}
	return derive(password, h.salt, h.cost.Iterations, h.cost.MemoryKiB, h.threads, uint32(len(h.sum)))
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}
