package passhash

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What is wrong with the shape of a text. None quotes it.
var (
	errParts  = errors.New("it does not have the parts that it should have")
	errBase64 = errors.New("the salt or the sum is not what its base64 should be")
)

// limit is a parameter by its name, with both bounds allowed.
type limit struct {
	name        string
	least, most uint64
}

// numbers reads parameters as m=19456,t=2,p=1: all of them, in this order.
func numbers(text string, limits ...limit) ([]uint64, error) {
	field := strings.Split(text, ",")
	if len(field) != len(limits) {
		return nil, errParts
	}
	values := make([]uint64, len(limits))
	for i, l := range limits {
		digits, ok := strings.CutPrefix(field[i], l.name+"=")
		if !ok {
			return nil, errParts
		}
		var err error
		if values[i], err = number(digits, l); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// number reads a decimal number. Leading zeros and signs would be a second text of
// the same one.
func number(digits string, l limit) (uint64, error) {
	value, err := strconv.ParseUint(digits, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || err == nil && strconv.FormatUint(value, 10) != digits {
		return 0, fmt.Errorf("%s is not a plain number", l.name)
	}
	if err != nil || value < l.least || value > l.most {
		return 0, fmt.Errorf("%s must be %d to %d", l.name, l.least, l.most)
	}
	return value, nil
}

// passlibBase64 is base64 with . for +, as passlib writes PBKDF2.
func passlibBase64() *base64.Encoding {
	return base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./").WithPadding(base64.NoPadding)
}

// octets reads base64 of least to most bytes.
func octets(encoding *base64.Encoding, text string, least, most int) ([]byte, error) {
	b, err := encoding.Strict().DecodeString(text)
	// The decoder skips line ends, so that one value would have many texts.
	if err != nil || len(b) < least || len(b) > most || strings.ContainsAny(text, "\r\n") {
		return nil, errBase64
	}
	return b, nil
}

// The bounds of salts and sums, in bytes.
const (
	minSalt, maxSalt = 8, 64
	minSum, maxSum   = 16, 64
)
