package store

import (
	"encoding/base32"
	"strings"
	"time"
)

// stampSize is the length of a stamp: 35 bits of seconds, in base32.
const stampSize = 7

// stamp is the second of a time. It is no order, only the same for the same second.
func stamp(at time.Time) string {
	seconds := at.Unix()
	text := make([]byte, 8)
	base32.StdEncoding.Encode(text, []byte{byte(seconds >> 27), byte(seconds >> 19), byte(seconds >> 11), byte(seconds >> 3), byte(seconds << 5)})
	return string(text[:stampSize])
}

// Near is an id that begins with the second of its making, so that ids of about the same
// time are neighbours in an index. What is random all over is written all over: of a login's
// ten records each would change pages of its own, and in a database of some size that is
// most of what storing them costs. random has to be unguessable by itself.
func Near(at time.Time, random string) string { return stamp(at) + random }

// NearSecret is Near for a secret that is stored under its Key, which begins alike.
func NearSecret(at time.Time, random string) string { return stamp(at) + "." + random }

// stampOf is the beginning of what NearSecret made, or empty.
func stampOf(secret string) string {
	before, _, ok := strings.Cut(secret, ".")
	if !ok || len(before) != stampSize {
		return ""
	}
	for _, c := range []byte(before) {
		if (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return ""
		}
	}
	return before + "."
}
