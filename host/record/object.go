package record

import (
	"fmt"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Object is how a T is read and written.
type Object[T any] struct {
	names  []string
	fields []Field[T]
}

// Field is one member of a T.
type Field[T any] struct {
	name     string
	optional bool
	zero     func(*T) bool
	read     func(*leanjson.Parser, *T)
	write    func(*T, []byte) ([]byte, error)
}

// Of is an object of these members, at most leanjson.MaxFields of them.
func Of[T any](fields ...Field[T]) Object[T] {
	o := Object[T]{fields: fields}
	for _, f := range fields {
		o.names = append(o.names, f.name)
	}
	return o
}

// Optional is the member, left out when it is zero, as the option omitzero has it. An object
// (Inside) never is.
func (f Field[T]) Optional() Field[T] {
	f.optional = true
	return f
}

// Parse reads a document. Members that it does not know are passed over. The texts of v lie
// in the document, which must not be changed any more.
func (o Object[T]) Parse(document []byte, v *T) error {
	p := leanjson.Parse(document)
	o.read(&p, v)
	return p.End()
}

func (o Object[T]) read(p *leanjson.Parser, v *T) {
	f := p.Open(o.names, false)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		o.fields[i].read(p, v)
	}
}

// Append appends v to b. An error names the member that is no JSON.
func (o Object[T]) Append(b []byte, v *T) ([]byte, error) {
	var err error
	b = append(b, '{')
	first := len(b)
	for i := range o.fields {
		f := &o.fields[i]
		if f.optional && f.zero(v) {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), f.name...), `":`...)
		if b, err = f.write(v, b); err != nil {
			return b, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return append(b, '}'), nil
}
