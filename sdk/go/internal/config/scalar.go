package config

import (
	"reflect"
	"strconv"
	"unsafe"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// scalar is the codec of a type that holds one value, or of any; nil: it is none.
// Null leaves a value alone, and makes an any nil.
func scalar(t reflect.Type) codec {
	switch t.Kind() {
	case reflect.String:
		return unlessNull((*leanjson.Parser).Text)
	case reflect.Bool:
		return unlessNull((*leanjson.Parser).Bool)
	case reflect.Int:
		return unlessNull(func(p *leanjson.Parser) int { return int(p.Int(strconv.IntSize)) })
	case reflect.Int64:
		return unlessNull(func(p *leanjson.Parser) int64 { return p.Int(64) })
	case reflect.Int32:
		return unlessNull(func(p *leanjson.Parser) int32 { return int32(p.Int(32)) })
	case reflect.Int16:
		return unlessNull(func(p *leanjson.Parser) int16 { return int16(p.Int(16)) })
	case reflect.Int8:
		return unlessNull(func(p *leanjson.Parser) int8 { return int8(p.Int(8)) })
	case reflect.Float64:
		return unlessNull(func(p *leanjson.Parser) float64 { return p.Float(64) })
	case reflect.Float32:
		return unlessNull(func(p *leanjson.Parser) float32 { return float32(p.Float(32)) })
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return whole((*leanjson.Parser).Any)
		}
	}
	return nil
}

// unlessNull stores what read gives, where the document says more than null.
func unlessNull[T any](read func(*leanjson.Parser) T) codec {
	return func(p *leanjson.Parser, at unsafe.Pointer) {
		if !p.Null() {
			*(*T)(at) = read(p)
		}
	}
}

// whole stores what read gives.
func whole[T any](read func(*leanjson.Parser) T) codec {
	return func(p *leanjson.Parser, at unsafe.Pointer) { *(*T)(at) = read(p) }
}
