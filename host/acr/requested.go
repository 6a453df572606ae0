package acr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of acr_values.
const (
	MaxRequested  = 32      // values
	MaxRequestLen = 4 << 10 // bytes in all
)

// plain says whether a text can be a value at all.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

// ParseValues splits acr_values at its spaces, in the order of preference, which
// is the client's (OpenID Connect Core 3.1.2.1). A value that comes twice counts
// once, where it came first. Commas belong to the value: WSO2's lists with commas
// are the business of select-acr. The result is never nil.
func ParseValues(raw string) ([]string, error) {
	switch {
	case len(raw) > MaxRequestLen:
		return nil, fmt.Errorf("acr_values has %d bytes, %d are allowed", len(raw), MaxRequestLen)
	case !plain(raw):
		return nil, errors.New("acr_values is not UTF-8, or has a control character")
	}
	values := []string{}
	for part := range strings.SplitSeq(raw, " ") {
		if part == "" || slices.Contains(values, part) {
			continue
		}
		if len(part) > MaxValue {
			return nil, fmt.Errorf("acr_values has a value of %d bytes, %d are allowed", len(part), MaxValue)
		}
		if values = append(values, part); len(values) > MaxRequested {
			return nil, fmt.Errorf("acr_values has more than %d values", MaxRequested)
		}
	}
	return values, nil
}
