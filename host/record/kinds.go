package record

import (
	"encoding/json"
	"reflect"
	"time"

	experiment "github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// field is a member that is read and written as a whole.
func field[T, V any](name string, at func(*T) *V, zero func(V) bool, read func(*leanjson.Parser) V, write func([]byte, V) ([]byte, error)) Field[T] {
	return Field[T]{
		name:  name,
		zero:  func(v *T) bool { return zero(*at(v)) },
		read:  func(p *leanjson.Parser, v *T) { *at(v) = read(p) },
		write: func(v *T, b []byte) ([]byte, error) { return write(b, *at(v)) },
	}
}

// sure is a way to write that does not fail.
func sure[V any](write func([]byte, V) []byte) func([]byte, V) ([]byte, error) {
	return func(b []byte, v V) ([]byte, error) { return write(b, v), nil }
}

func zero[V comparable](v V) bool {
	var none V
	return v == none
}

func isNil[E any](list []E) bool { return list == nil }

func noTable[V any](m map[string]V) bool { return m == nil }

// Text is a text, or a word of a type of its own.
func Text[T any, S ~string](name string, at func(*T) *S) Field[T] {
	return field(name, at, zero, func(p *leanjson.Parser) S { return S(p.Text()) },
		sure(func(b []byte, s S) []byte { return leanjson.AppendText(b, string(s)) }))
}

// OptionalText is a text that may be missing, which is not the empty one.
func OptionalText[T any](name string, at func(*T) **string) Field[T] {
	return field(name, at, zero, (*leanjson.Parser).Optional, sure(func(b []byte, s *string) []byte {
		if s == nil {
			return append(b, "null"...)
		}
		return leanjson.AppendText(b, *s)
	}))
}

// Bool is a truth value.
func Bool[T any](name string, at func(*T) *bool) Field[T] {
	return field(name, at, zero, (*leanjson.Parser).Bool, sure(leanjson.AppendBool))
}

// Int is a whole number.
func Int[T any](name string, at func(*T) *int) Field[T] {
	return field(name, at, zero, func(p *leanjson.Parser) int { return int(p.Int(64)) },
		sure(func(b []byte, n int) []byte { return leanjson.AppendInt(b, int64(n)) }))
}

// Texts is a list of texts.
func Texts[T any](name string, at func(*T) *[]string) Field[T] {
	return field(name, at, isNil, (*leanjson.Parser).Texts, sure(leanjson.AppendTexts))
}

// Table is an object of any values. Numbers come back as float64.
func Table[T any](name string, at func(*T) *map[string]any) Field[T] {
	return field(name, at, noTable, (*leanjson.Parser).Map, leanjson.AppendMap)
}

// Counts is an object of whole numbers.
func Counts[T any](name string, at func(*T) *map[string]int) Field[T] {
	read := func(p *leanjson.Parser) int { return int(p.Int(64)) }
	write := func(n int, b []byte) ([]byte, error) { return leanjson.AppendInt(b, int64(n)), nil }
	return field(name, at, noTable, func(p *leanjson.Parser) map[string]int { return leanjson.Table(p, read) },
		func(b []byte, m map[string]int) ([]byte, error) { return leanjson.AppendTable(b, m, write) })
}

// Raw is a value that nobody reads here.
func Raw[T any](name string, at func(*T) *json.RawMessage) Field[T] {
	return field(name, at, func(raw json.RawMessage) bool { return raw == nil }, func(p *leanjson.Parser) json.RawMessage { return p.Raw() },
		func(b []byte, raw json.RawMessage) ([]byte, error) { return leanjson.AppendRaw(b, raw) })
}

// Time is a moment; null is the zero one.
func Time[T any](name string, at func(*T) *time.Time) Field[T] {
	return field(name, at, time.Time.IsZero, readTime, appendTime)
}

func readTime(p *leanjson.Parser) (t time.Time) {
	if p.Null() {
		return t
	}
	if text := p.Text(); p.Fault() == nil && t.UnmarshalText([]byte(text)) != nil {
		p.Refuse("a time such as 2026-11-23T07:00:00Z is expected")
	}
	return t
}

func appendTime(b []byte, t time.Time) ([]byte, error) {
	if t.IsZero() {
		return append(b, "null"...), nil
	}
	b, err := t.AppendText(append(b, '"'))
	return append(b, '"'), err
}

// Inside is an object.
func Inside[T, V any](name string, at func(*T) *V, o Object[V]) Field[T] {
	return Field[T]{
		name:  name,
		zero:  func(*T) bool { return false },
		read:  func(p *leanjson.Parser, v *T) { o.read(p, at(v)) },
		write: func(v *T, b []byte) ([]byte, error) { return o.Append(b, at(v)) },
	}
}

// Pointer is an object that may be missing.
func Pointer[T, V any](name string, at func(*T) **V, o Object[V]) Field[T] {
	read := func(p *leanjson.Parser) *V {
		if p.Null() {
			return nil
		}
		v := new(V)
		o.read(p, v)
		return v
	}
	return field(name, at, zero, read, func(b []byte, v *V) ([]byte, error) {
		if v == nil {
			return append(b, "null"...), nil
		}
		return o.Append(b, v)
	})
}

// List is a list of objects.
func List[T, V any](name string, at func(*T) *[]V, o Object[V]) Field[T] {
	read := func(p *leanjson.Parser) (v V) {
		o.read(p, &v)
		return v
	}
	write := func(v V, b []byte) ([]byte, error) { return o.Append(b, &v) }
	return field(name, at, isNil, func(p *leanjson.Parser) []V { return leanjson.Elements(p, read) },
		func(b []byte, list []V) ([]byte, error) { return leanjson.AppendElements(b, list, write) })
}

// Other is a list, table or pointer of anything else, by reflection: for what most records do
// not have. Nil takes none.
func Other[T, V any](name string, at func(*T) *V) Field[T] {
	zero := func(v V) bool { return reflect.ValueOf(&v).Elem().IsNil() }
	return field(name, at, zero, readOther[V], func(b []byte, v V) ([]byte, error) {
		if zero(v) {
			return append(b, "null"...), nil
		}
		text, err := json.Marshal(v)
		return append(b, text...), err
	})
}

func readOther[V any](p *leanjson.Parser) (v V) {
	if p.Null() {
		return v
	}
	raw := p.Raw()
	if p.Fault() != nil {
		return v
	}
	if err := experiment.Unmarshal(raw, &v); err != nil {
		p.RefuseFor(err)
	}
	return v
}
