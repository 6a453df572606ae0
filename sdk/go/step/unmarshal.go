package step

import (
	"bytes"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Unmarshal reads JSON into v, a pointer, as json.Unmarshal does, for a type's own
// method UnmarshalJSON. Texts, truth values, numbers, any and lists and tables of
// texts, any and raw values take no reflection, so that a call costs less; they are
// read strictly: text is UTF-8, and a name comes once in an object. Anything else is
// left to json.Unmarshal.
func Unmarshal(document []byte, v any) error {
	// What is read lies in the copy: the caller may use the document again.
	return leanjson.Unmarshal(bytes.Clone(document), v)
}
