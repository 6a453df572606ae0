package deliver

import (
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// ErrAddress is an address that a channel cannot deliver to. The address itself
// is personal and stays out of the message.
var ErrAddress = errors.New("not an address of this channel")

// maxMail is the longest mail address, RFC 5321 4.5.3.1.3 less the brackets.
const maxMail = 254

// CheckAddress refuses what is not an address of the channel: a number as ITU-T
// E.164 writes it (+ and 7 to 15 digits), or one bare mail address.
func CheckAddress(channel, to string) error {
	ok := false
	switch channel {
	case SMS:
		ok = isNumber(to)
	case Email:
		ok = isMail(to)
	}
	if !ok {
		return ErrAddress
	}
	return nil
}

func isNumber(s string) bool {
	digits, found := strings.CutPrefix(s, "+")
	if !found || len(digits) < 7 || len(digits) > 15 || digits[0] == '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// isMail takes only what needs no quoting: no display name, no spaces, no
// control characters, so that an address can never become a second header.
func isMail(s string) bool {
	if len(s) > maxMail || strings.ContainsAny(s, " \t\r\n\x00<>\"(),:;\\") {
		return false
	}
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Name == "" && parsed.Address == s
}

// Mask hides most of an address: its owner recognises it, nobody learns it.
func Mask(channel, to string) string {
	const hidden = "•••"
	if channel == SMS {
		const shown = 2
		if len(to) <= shown {
			return hidden
		}
		return "+" + hidden + to[len(to)-shown:]
	}
	local, domain, _ := strings.Cut(to, "@")
	name, top := domain, ""
	if dot := strings.LastIndexByte(domain, '.'); dot > 0 {
		name, top = domain[:dot], domain[dot:]
	}
	return first(local) + hidden + "@" + first(name) + hidden + top
}

func first(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}
