package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// codec reads a value into the memory of a variable of its type. Codecs are made by
// reflection when a step type is defined, so that a call needs none: what a call
// still asks package reflect for is memory, for lists and pointers of a step's own
// types.
type codec func(p *leanjson.Parser, at unsafe.Pointer)

// planner makes codecs. It knows the structs that it is within.
type planner struct{ within []reflect.Type }

// codec is that of a type. What this package can't read is left to encoding/json.
func (pl planner) codec(t reflect.Type) (codec, error) {
	if t.PkgPath() != "" { // others have no methods, and to look for them takes long
		pointer := reflect.PointerTo(t)
		if pointer.Implements(reflect.TypeFor[json.Unmarshaler]()) {
			return readsItself(t), nil
		}
		if pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			return reflected(t), nil
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		s, err := pl.object(t)
		return s.read, err
	case reflect.Pointer:
		return pl.pointer(t)
	case reflect.Slice:
		return pl.list(t)
	case reflect.Map:
		return table(t), nil
	}
	if c := scalar(t); c != nil {
		return c, nil
	}
	return reflected(t), nil
}

// readsItself is the codec of a type with the method UnmarshalJSON.
func readsItself(t reflect.Type) codec {
	return func(p *leanjson.Parser, at unsafe.Pointer) {
		raw := p.Raw()
		if p.Fault() != nil {
			return
		}
		if err := reflect.NewAt(t, at).Interface().(json.Unmarshaler).UnmarshalJSON(raw); err != nil {
			p.RefuseFor(err)
		}
	}
}

// reflected is the codec of a type that only encoding/json can read.
func reflected(t reflect.Type) codec {
	return func(p *leanjson.Parser, at unsafe.Pointer) {
		raw := p.Raw()
		if p.Fault() != nil {
			return
		}
		if err := unmarshalStrictly(raw, reflect.NewAt(t, at).Interface()); err != nil {
			p.RefuseFor(err)
		}
	}
}

// member is a member of an object.
type member struct {
	offset   uintptr
	read     codec
	required bool
}

// object reads a struct.
type object struct {
	names   []string
	members []member
}

func (pl planner) object(t reflect.Type) (*object, error) {
	if slices.Contains(pl.within, t) {
		return nil, fmt.Errorf("a configuration can't hold %s, which holds itself", t)
	}
	inner := planner{within: append(slices.Clone(pl.within), t)}
	fields, err := fieldsOf(t)
	if err != nil {
		return nil, err
	}
	if len(fields) > leanjson.MaxFields {
		return nil, fmt.Errorf("%s has more than %d members", t, leanjson.MaxFields)
	}
	o := new(object)
	for _, f := range fields {
		read, err := inner.codec(f.typ)
		if err != nil {
			return nil, err
		}
		o.names = append(o.names, f.name)
		o.members = append(o.members, member{offset: t.Field(f.index).Offset, read: read, required: f.required})
	}
	return o, nil
}

// required is the fault of a member that is absent or null.
const required = "is required"

// read leaves alone what the document does not say, so that defaults stay. Null
// says nothing.
func (o *object) read(p *leanjson.Parser, at unsafe.Pointer) {
	if p.Null() {
		return
	}
	f := p.Open(o.names, true)
	for i := f.Next(p); i >= 0; i = f.Next(p) {
		m := &o.members[i]
		if m.required && p.IsNull() {
			p.Refuse(required)
			continue
		}
		m.read(p, unsafe.Add(at, m.offset))
	}
	for i := range o.members {
		if o.members[i].required && p.Fault() == nil && !f.Seen(i) {
			p.Refuse(required)
			p.Within("." + o.names[i])
		}
	}
}

func (pl planner) pointer(t reflect.Type) (codec, error) {
	elem := t.Elem()
	read, err := pl.codec(elem)
	return func(p *leanjson.Parser, at unsafe.Pointer) {
		if p.Null() {
			*(*unsafe.Pointer)(at) = nil
			return
		}
		value := reflect.New(elem).UnsafePointer()
		read(p, value)
		*(*unsafe.Pointer)(at) = value
	}, err
}

func (pl planner) list(t reflect.Type) (codec, error) {
	elem := t.Elem()
	read, err := pl.codec(elem)
	return func(p *leanjson.Parser, at unsafe.Pointer) {
		probe := *p
		if !p.List() {
			*(*[]struct{})(at) = nil
			return
		}
		n := probe.Count()
		elements := reflect.MakeSlice(t, n, n).UnsafePointer()
		for i := 0; p.Element(); i++ {
			read(p, unsafe.Add(elements, uintptr(i)*elem.Size()))
			p.WithinElement(i)
		}
		if p.Fault() == nil {
			*(*[]struct{})(at) = unsafe.Slice((*struct{})(elements), n)
		}
	}, err
}

// table is the codec of a map. Those of plain values are read here.
func table(t reflect.Type) codec {
	if t.Key() != reflect.TypeFor[string]() {
		return reflected(t)
	}
	switch t.Elem() {
	case reflect.TypeFor[string]():
		return whole((*leanjson.Parser).TextMap)
	case reflect.TypeFor[any]():
		return whole((*leanjson.Parser).Map)
	case reflect.TypeFor[json.RawMessage]():
		return whole((*leanjson.Parser).RawMap)
	}
	return reflected(t)
}
