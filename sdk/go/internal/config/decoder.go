package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Decoder fills configurations of one type in: the defaults, then what the document
// says. The host holds the document against the schema before it calls; what is
// checked here again is what decoding needs: the types, and that members are known
// and required ones present.
type Decoder[S any] struct {
	defaults S
	fresh    []fresh // defaults that two calls must not share
	config   *object
	err      error // why there is none
}

// NewDecoder finds out once, by reflection, all that a call needs to know of a type.
func NewDecoder[S any]() Decoder[S] {
	var d Decoder[S]
	v := reflect.ValueOf(&d.defaults).Elem()
	if v.Kind() != reflect.Struct {
		d.err = fmt.Errorf("%s is no struct", v.Type())
		return d
	}
	if d.config, d.err = (planner{}).object(v.Type()); d.err == nil {
		d.fresh, d.err = setDefaults(v, 0)
	}
	return d
}

// Decode fills a configuration in, from a document that stays as it is afterwards: what is
// read lies in it. The error says what does not fit, and where.
func (d *Decoder[S]) Decode(document json.RawMessage, into *S) error {
	if d.err != nil {
		return d.err
	}
	if len(document) == 0 || string(document) == "null" {
		document = json.RawMessage("{}")
	}
	*into = d.defaults
	at := unsafe.Pointer(into)
	for _, f := range d.fresh {
		p := leanjson.Parse(f.document)
		f.read(&p, unsafe.Add(at, f.offset))
	}
	p := leanjson.Parse(document)
	d.config.read(&p, at)
	if p.End() != nil {
		return configError(p.Fault())
	}
	return nil
}

// configError says what is wrong with a configuration, and where.
func configError(f *leanjson.Fault) error {
	switch {
	case f.Cause != nil:
		return errors.New("config: " + strings.TrimPrefix(f.Text, "json: "))
	case f.Text == required:
		return errors.New("config" + f.Path + " is required")
	}
	within := *f
	within.Path = "config" + f.Path
	return errors.New(within.Error())
}

// unmarshalStrictly is json.Unmarshal, but refuses members that the type has not.
func unmarshalStrictly(document []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
