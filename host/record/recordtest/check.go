// Package recordtest holds an Object of package record against encoding/json.
package recordtest

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/record"
)

// Check says where an Object and encoding/json differ in what they make of a T: each must
// read what either wrote, and no member may be forgotten.
func Check[T any](t *testing.T, o record.Object[T]) {
	t.Helper()
	for seed := range uint64(300) {
		var v T
		// First each member by itself may be zero, at last none is.
		filler{rand.New(rand.NewPCG(seed, 1)), float64(seed) / 299}.fill(reflect.ValueOf(&v).Elem(), 0)
		ours, err := o.Append(nil, &v)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{ours, theirs} {
			var read, want T
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if err := o.Parse(text, &read); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if !reflect.DeepEqual(want, v) || !reflect.DeepEqual(read, v) {
				t.Fatalf("not the same of\n%s\nencoding/json: %+v\nread:          %+v\nwritten:       %+v", text, want, read, v)
			}
		}
	}
}

// filler fills values at random. likely is how likely it is that one is not zero.
type filler struct {
	*rand.Rand
	likely float64
}

const depth = 6

func (f filler) fill(v reflect.Value, deep int) {
	if f.Float64() >= f.likely || !v.CanSet() {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(f.Int64N(4e9), f.Int64N(1e9)).UTC()))
		return
	case json.RawMessage:
		v.SetBytes([]byte([]string{"{}", "null", `""`, "0", "false", `{"a":[1,"x"]}`}[f.IntN(6)]))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, member := range v.Fields() {
			f.fill(member, deep)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), deep)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+f.IntN(3), 4))
		for i := range v.Len() {
			f.fill(v.Index(i), deep+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range f.IntN(3) {
			element := reflect.New(v.Type().Elem()).Elem()
			f.fill(element, deep+1)
			v.SetMapIndex(reflect.ValueOf(f.text()), element)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(f.any(deep)))
	case reflect.String:
		v.SetString(f.text())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(f.NormFloat64())
	case reflect.Uint8:
		v.SetUint(uint64(f.IntN(256)))
	case reflect.Int, reflect.Int64:
		v.SetInt(f.Int64() - f.Int64())
	default:
		panic("fill " + v.Type().String())
	}
}

func (f filler) text() string {
	return []string{"a", "<é\u2028&>", "\"\\\n\x00\x7f", "sha256:08d2", "👍"}[f.IntN(5)]
}

func (f filler) any(deep int) any {
	if deep > depth {
		return "deep"
	}
	switch f.IntN(5) {
	case 0:
		return f.NormFloat64() * 1e9
	case 1:
		return true
	case 2:
		return []any{f.any(deep + 1), nil}
	case 3:
		return map[string]any{f.text(): f.any(deep + 1)}
	}
	return f.text()
}
