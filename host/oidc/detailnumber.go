package oidc

import (
	"bytes"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// keepsNumbers says whether every number of a value stays what it is where it is read as a
// double. Users and steps read it so, and tokens carry what was sent: the number of another
// account could be granted than the one that was approved (RFC 7493 2.2 has such numbers sent
// as text).
func keepsNumbers(value jsontext.Value) bool {
	for d := jsontext.NewDecoder(bytes.NewReader(value)); ; {
		token, err := d.ReadToken()
		if err != nil {
			return true
		}
		if token.Kind() == '0' && !isDouble(token.String()) {
			return false
		}
	}
}

// isDouble says whether the shortest text of the double next to a number is that number.
func isDouble(number string) bool {
	double, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false // there is none so large
	}
	if double == 0 { // no exponent, however long, makes more of it
		digits, _, _ := strings.Cut(strings.ToLower(number), "e")
		return strings.Trim(digits, "-.0") == ""
	}
	sent, ok := new(big.Rat).SetString(number)
	read, ok2 := new(big.Rat).SetString(strconv.FormatFloat(double, 'g', -1, 64))
	return ok && ok2 && sent.Cmp(read) == 0
}
