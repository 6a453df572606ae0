package acr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxValue is how long a value may be, in bytes: it travels in every token and
// in the header of every request that carries one.
const MaxValue = 1 << 10

// inexact is 2^53, from where on not every whole number is a double. RFC 8785
// rounds there, and a rounded transaction number is another transaction: it has
// to be sent as a string.
const inexact = 1 << 53

// Canonical is the text of a value that a step gave: a string as it is, an
// object as RFC 8785 writes it, so that the order of keys in a guest can't
// change a token. Anything else is an error, and so are an empty string, control
// characters, invalid UTF-8, a key that comes twice, a number of 2^53 or more
// and a text over MaxValue.
func Canonical(raw json.RawMessage) (string, error) {
	if len(raw) > abi.MaxOutput {
		return "", fmt.Errorf("the acr has %d bytes of JSON", len(raw))
	}
	v := jsontext.Value(raw).Clone()
	if err := v.Canonicalize(); err != nil {
		return "", fmt.Errorf("the acr is not proper JSON: %w", err)
	}
	text, err := valueText(v)
	if err != nil {
		return "", err
	}
	return text, check(text)
}

func valueText(v jsontext.Value) (string, error) {
	switch v.Kind() {
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, v)
		return string(text), err
	case jsontext.KindBeginObject:
		return string(v), checkNumbers(v)
	}
	return "", fmt.Errorf("the acr is %s, only a string or an object can be", kindName(v.Kind()))
}

func check(text string) error {
	switch {
	case text == "":
		return errors.New("the acr is empty")
	case len(text) > MaxValue:
		return fmt.Errorf("the acr has %d bytes, %d are allowed", len(text), MaxValue)
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("the acr has a control character")
	}
	return nil
}

func checkNumbers(v jsontext.Value) error {
	for d := jsontext.NewDecoder(bytes.NewReader(v)); ; {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("the acr is not proper JSON: %w", err)
		case token.Kind() != jsontext.KindNumber:
			continue
		}
		if f, err := strconv.ParseFloat(token.String(), 64); err != nil || math.Abs(f) >= inexact {
			return fmt.Errorf("the acr has the number %s, too large to be exact; use a string", token)
		}
	}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginArray:
		return "a list"
	case jsontext.KindNull:
		return "null"
	}
	return "a boolean"
}
