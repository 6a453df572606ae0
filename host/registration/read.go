package registration

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/acrhost/acrhost/host/config"
)

// Bounds of what a client may say.
const (
	MaxMetadata = 64 << 10 // bytes
	maxList     = 50       // elements of a list
	maxText     = 4 << 10  // bytes of one value
)

// Document is what a client said, member by member. A name that occurs twice, and text
// that is not UTF-8, is refused: two readers could each take another one.
type Document map[string]jsontext.Value

// Read reads a document.
func Read(text []byte) (Document, *Fault) {
	if len(text) > MaxMetadata {
		return nil, invalid("The metadata is longer than %d bytes.", MaxMetadata)
	}
	var d Document
	if err := json.Unmarshal(text, &d); err != nil || d == nil {
		return nil, invalid("The body is not one JSON object with each name once.")
	}
	return d, nil
}

// Text is a member that is a string; empty when it is absent.
func (d Document) Text(name string) (string, *Fault) {
	v, f := value[string](d, name, "a string")
	if f == nil && len(v) > maxText {
		f = invalid("%s is too long.", name)
	}
	return v, f
}

func value[T any](d Document, name, want string) (v T, f *Fault) {
	raw, ok := d[name]
	if !ok || raw.Kind() == 'n' { // RFC 7592 2.2: null is as good as absent
		return v, nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, invalid("%s must be %s.", name, want)
	}
	return v, nil
}

// Registered is what came of a document.
type Registered struct {
	// Metadata is what the client is registered with, defaults filled in: for the answer.
	Metadata map[string]any
	// Settings are for package config.
	Settings map[string]any
}

// Register holds a document to the policy.
func Register(policy config.Registration, d Document) (Registered, *Fault) {
	r := Registered{Metadata: map[string]any{}, Settings: map[string]any{}}
	for _, step := range []func(config.Registration, Document, *Registered) *Fault{
		copyMembers, authMethod, grantTypes, scopes, keys, redirectURIs, subjects,
	} {
		if f := step(policy, d, &r); f != nil {
			return Registered{}, f
		}
	}
	// Last, so that no client can say otherwise.
	maps.Copy(r.Settings, policy.Client)
	return r, nil
}

// copyMembers takes every member that is understood, in its form.
func copyMembers(_ config.Registration, d Document, r *Registered) *Fault {
	all := members()
	for _, name := range sorted(all) {
		raw, ok := d[name]
		if !ok || raw.Kind() == 'n' {
			continue
		}
		v, f := all[name].read(d, name)
		if f != nil {
			return f
		}
		if v == nil {
			continue
		}
		r.Metadata[name] = v
		if setting := all[name].setting; setting != "" {
			r.Settings[setting] = settingOf(all[name], v, raw)
		}
	}
	return nil
}

// read is a member's value; nil for an empty text, which says nothing.
func (m member) read(d Document, name string) (any, *Fault) {
	switch m.kind {
	case texts:
		list, f := value[[]string](d, name, "a list of strings")
		if f == nil {
			f = m.checkAll(name, list)
		}
		return list, f
	case flag:
		return value[bool](d, name, "true or false")
	case seconds:
		n, f := value[int64](d, name, "a whole number of seconds")
		if f == nil && (n < 0 || n > int64(10*365*24*time.Hour/time.Second)) {
			f = invalid("%s is out of range.", name)
		}
		return n, f
	case object:
		return value[map[string]any](d, name, "an object")
	}
	s, f := d.Text(name)
	if f == nil && s != "" {
		f = m.checkAll(name, []string{s})
	}
	if s == "" {
		return nil, f
	}
	return s, f
}

func (m member) checkAll(name string, list []string) *Fault {
	if len(list) > maxList {
		return invalid("%s has more than %d elements.", name, maxList)
	}
	for _, s := range list {
		switch {
		case len(s) > maxText:
			return invalid("%s holds a value that is too long.", name)
		case m.page && !strings.HasPrefix(s, "https://"):
			return invalid("%s must begin with https://.", name)
		}
	}
	return nil
}

// settingOf is a value as a [[clients]] table has it.
func settingOf(m member, v any, raw jsontext.Value) any {
	switch m.kind {
	case seconds:
		if v == int64(0) {
			return "1ns" // OpenID Connect Core 3.1.2.1: 0 is prompt=login; the table has no zero durations
		}
		return strconv.FormatInt(v.(int64), 10) + "s"
	case object:
		return string(raw)
	case texts:
		return anyOf(v.([]string))
	}
	return v
}

func anyOf(list []string) []any {
	all := make([]any, len(list))
	for i, s := range list {
		all[i] = s
	}
	return all
}

// subjects: public is what there is without a word; any other subject_type is the
// configuration's to judge.
func subjects(_ config.Registration, _ Document, r *Registered) *Fault {
	if r.Settings["subject_type"] == "public" {
		delete(r.Settings, "subject_type")
	}
	return nil
}

// scopes: RFC 7591 2. Without a word a client gets what the policy gives; asking for more
// is refused, not trimmed, so that nobody believes to have what they have not.
func scopes(policy config.Registration, d Document, r *Registered) *Fault {
	asked, f := d.Text("scope")
	if f != nil {
		return f
	}
	list := strings.Fields(asked)
	for _, s := range list {
		if !slices.Contains(policy.Scopes, s) {
			return invalid("The scope %.100s may not be registered here.", s)
		}
	}
	if len(list) == 0 {
		list = policy.Scopes
	}
	r.Metadata["scope"] = strings.Join(list, " ")
	r.Settings["scopes"] = anyOf(list)
	return nil
}

// keys: RFC 7591 2, one or the other. What is at jwks_uri is not looked at now.
func keys(_ config.Registration, _ Document, r *Registered) *Fault {
	if r.Metadata["jwks"] != nil && r.Metadata["jwks_uri"] != nil {
		return invalid("jwks and jwks_uri must not both be there.")
	}
	return nil
}
