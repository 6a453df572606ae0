package expr

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
)

// schema is a cel type provider that knows the members of the input document.
// It serves the type checker only: at run time the values are plain maps, and
// cel reads a member whose field type has no getter as a map's key.
type schema struct {
	types.Provider
	structs map[string]map[string]*cel.Type
}

// The names of the member types have a space, so that no expression can spell
// one.
const (
	requestType  = "the request"
	acrType      = "the acr"
	evidenceType = "an evidence"
	subjectType  = "the subject"
	upstreamType = "an upstream"
	deviceType   = "the device"
	journeyType  = "the journey"
	sessionType  = "the session"
)

// variables are the names that an expression may begin with.
func variables() map[string]*cel.Type {
	return map[string]*cel.Type{
		"request":  cel.ObjectType(requestType),
		"acr":      cel.ObjectType(acrType),
		"amr":      cel.ListType(cel.StringType),
		"evidence": cel.ListType(cel.ObjectType(evidenceType)),
		"subject":  cel.ObjectType(subjectType), // null until someone is identified
		"upstream": cel.MapType(cel.StringType, cel.ObjectType(upstreamType)),
		"device":   cel.ObjectType(deviceType),
		"vars":     cel.MapType(cel.StringType, cel.DynType),
		"journey":  cel.ObjectType(journeyType),
		"session":  cel.ObjectType(sessionType),
		"now":      cel.TimestampType,
	}
}

// structs are the members of each type, as the input document names them.
func structs() map[string]map[string]*cel.Type {
	words := cel.ListType(cel.StringType)
	claims := cel.MapType(cel.StringType, cel.DynType)
	return map[string]map[string]*cel.Type{
		requestType: {
			"client_id": cel.StringType, "acr_values": words, "acr_essential": cel.BoolType,
			"scope": words, "prompt": words, "max_age": cel.NullableType(cel.IntType),
			"login_hint": cel.NullableType(cel.StringType), "ui_locales": words,
			"authorization_details": cel.ListType(claims), "claims": words,
		},
		acrType: {"current": cel.NullableType(cel.StringType), "set": cel.BoolType},
		evidenceType: {
			"method": cel.StringType, "amr": words, "at": cel.TimestampType,
			"step": cel.StringType, "fresh": cel.BoolType,
		},
		subjectType:  {"id": cel.StringType, "username": cel.StringType, "claims": claims},
		upstreamType: {"claims": claims, "acr": cel.NullableType(cel.StringType), "amr": words},
		deviceType:   {"ip": cel.StringType, "user_agent": cel.StringType},
		journeyType: {
			"name": cel.StringType, "run": cel.StringType,
			"started_at": cel.TimestampType, "path": words,
		},
		sessionType: {"present": cel.BoolType, "started_at": cel.NullableType(cel.TimestampType)},
	}
}

// FindStructType says that a type exists.
func (s schema) FindStructType(name string) (*types.Type, bool) {
	if _, ok := s.structs[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return s.Provider.FindStructType(name)
}

// FindStructFieldType gives the type of a member.
func (s schema) FindStructFieldType(name, member string) (*types.FieldType, bool) {
	members, ok := s.structs[name]
	if !ok {
		return s.Provider.FindStructFieldType(name, member)
	}
	t, ok := members[member]
	return &types.FieldType{Type: t}, ok
}
