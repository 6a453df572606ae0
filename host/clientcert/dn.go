package clientcert

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// dn is a distinguished name: sets of attributes, in the order of RFC 4514, the last of the
// certificate's first. Each set is sorted.
type dn [][]attribute

// attribute is a type, as a dotted object identifier, and its value.
type attribute struct{ kind, value string }

func (d dn) equal(other dn) bool {
	return slices.EqualFunc(d, other, slices.Equal[[]attribute])
}

// oids are the short names of RFC 4514 3, and two that are common.
func oids() map[string]string {
	return map[string]string{
		"CN": "2.5.4.3", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8", "STREET": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11",
		"UID": "0.9.2342.19200300.100.1.1", "DC": "0.9.2342.19200300.100.1.25", "EMAILADDRESS": "1.2.840.113549.1.9.1", "E": "1.2.840.113549.1.9.1",
	}
}

// subjectOf reads the subject from the certificate's own bytes, whose order pkix.Name
// forgets.
func subjectOf(c *x509.Certificate) (dn, error) {
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(c.RawSubject, &sequence); err != nil || len(rest) > 0 {
		return nil, errors.New("the subject can't be read")
	}
	var d dn
	for _, set := range slices.Backward(sequence) {
		var attributes []attribute
		for _, a := range set {
			value, ok := a.Value.(string)
			if !ok {
				return nil, errors.New("the subject holds something that is no text")
			}
			attributes = append(attributes, attribute{a.Type.String(), value})
		}
		d = append(d, sorted(attributes))
	}
	return d, nil
}

func sorted(set []attribute) []attribute {
	slices.SortFunc(set, func(a, b attribute) int {
		return strings.Compare(a.kind+"="+a.value, b.kind+"="+b.value)
	})
	return set
}

// parseDN reads the text of a name (RFC 4514 3).
func parseDN(text string) (dn, error) {
	if !utf8.ValidString(text) || len(text) > 4096 {
		return nil, errors.New("it is not UTF-8, or too long")
	}
	var d dn
	var set []attribute
	for more := true; more; {
		kind, rest, ok := strings.Cut(text, "=")
		if !ok {
			return nil, errors.New("an attribute has no value")
		}
		value, rest, separator, err := parseValue(rest)
		if err != nil {
			return nil, err
		}
		oid, ok := kindOf(kind)
		if !ok {
			return nil, errors.New("the attribute " + strings.TrimSpace(kind) + " is not known: write its object identifier")
		}
		set = append(set, attribute{oid, value})
		if separator != '+' {
			d, set = append(d, sorted(set)), nil
		}
		text, more = rest, separator != 0
	}
	return d, nil
}

func kindOf(name string) (oid string, ok bool) {
	name = strings.TrimSpace(name)
	if oid, ok := oids()[strings.ToUpper(name)]; ok {
		return oid, true
	}
	return name, strings.Contains(name, ".") && strings.Trim(name, "0123456789.") == ""
}

// parseValue reads a value up to the comma or plus after it, and takes its escapes off. A
// value in hexadecimal (#…) is not taken: what it says depends on its encoding.
func parseValue(text string) (value, rest string, separator byte, err error) {
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "#") || strings.HasPrefix(text, `"`) {
		return "", "", 0, errors.New("a value in hexadecimal or in quotes is not taken")
	}
	var out []byte
	kept := 0 // up to here spaces are the value's own
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ',', '+':
			return string(out[:trimmed(out, kept)]), text[i+1:], c, nil
		case '\\':
			decoded, n, err := unescape(text[i+1:])
			if err != nil {
				return "", "", 0, err
			}
			out = append(out, decoded)
			i, kept = i+n, len(out)
		case 0, '"', ';', '<', '>':
			return "", "", 0, errors.New("a value holds what must be escaped")
		default:
			out = append(out, c)
		}
	}
	return string(out[:trimmed(out, kept)]), "", 0, nil
}

// trimmed is the length without spaces at the end that nobody has escaped.
func trimmed(value []byte, kept int) int {
	n := len(value)
	for n > kept && value[n-1] == ' ' {
		n--
	}
	return n
}

func unescape(text string) (c byte, n int, err error) {
	if text == "" {
		return 0, 0, errors.New("it ends in an escape")
	}
	if strings.IndexByte(` "#+,;<=>\`, text[0]) >= 0 {
		return text[0], 1, nil
	}
	if len(text) >= 2 {
		if b, err := hex.DecodeString(text[:2]); err == nil {
			return b[0], 2, nil
		}
	}
	return 0, 0, errors.New("it holds an escape that is none")
}
