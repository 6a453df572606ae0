package account

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errPHC: a stored password hash can't be read. The text never holds the hash.
var errPHC = errors.New("stored password hash is damaged, or not argon2id")

// String is the hash as it is stored, in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$sum.
func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Iterations, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// parseHash reads what String writes, and nothing else: each hash has one text.
// The limits keep a hash that was imported from taking all memory.
func parseHash(text string) (hash, error) {
	const longest = 512
	part := strings.Split(text, "$")
	if len(text) > longest || len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return hash{}, errPHC
	}
	h, err := parseParameters(part[3])
	if err != nil {
		return hash{}, err
	}
	if h.salt, err = parseBytes(part[4], 8); err != nil { // RFC 9106 3.1
		return hash{}, err
	}
	if h.sum, err = parseBytes(part[5], 16); err != nil {
		return hash{}, err
	}
	return h, nil
}

func parseParameters(text string) (h hash, err error) {
	field := strings.Split(text, ",")
	if len(field) != 3 {
		return hash{}, errPHC
	}
	limits := []struct {
		name string
		most uint64
	}{{"m=", maxMemoryKiB}, {"t=", maxIterations}, {"p=", maxThreads}}
	var value [3]uint64
	for i, limit := range limits {
		digits, ok := strings.CutPrefix(field[i], limit.name)
		value[i], err = strconv.ParseUint(digits, 10, 32)
		// Leading zeros and signs would be a second text of the same number.
		if !ok || err != nil || value[i] == 0 || value[i] > limit.most || strconv.FormatUint(value[i], 10) != digits {
			return hash{}, errPHC
		}
	}
	h.cost = Cost{MemoryKiB: uint32(value[0]), Iterations: uint32(value[1])}
	h.threads = uint8(value[2])
	if h.cost.MemoryKiB < 8*uint32(h.threads) {
		return hash{}, errPHC
	}
	return h, nil
}

// parseBytes reads base64 of at least some bytes, and at most 64.
func parseBytes(text string, least int) ([]byte, error) {
	const most = 64
	b, err := base64.RawStdEncoding.Strict().DecodeString(text)
	// The decoder skips line ends, so that one value would have many texts.
	if err != nil || len(b) < least || len(b) > most || strings.ContainsAny(text, "\r\n") {
		return nil, errPHC
	}
	return b, nil
}
