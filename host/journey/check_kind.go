package journey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// kinds holds the type that an expression always has against the one that the step
// type's schema wants there: what can never be right is no matter for a login.
func (c *check) kinds(n *node, schema *jsonschema.Schema) {
	for path, p := range c.programs[n] {
		want := typesAt(schema, path)
		if p.Kind() == "" || len(want) == 0 || fits(p.Kind(), want) {
			continue
		}
		c.fault(n.Line(member(path)), fmt.Sprintf("the expression %s in %s gives %s, and %s is expected",
			member(path), n, p.Kind(), strings.Join(want, " or ")), "string(…) makes a text of a value, bool(…), int(…) and double(…) what they say")
	}
}

// fits says whether a JSON type is one of those wanted. A number may be a whole one.
func fits(kind string, want []string) bool {
	return slices.Contains(want, kind) ||
		kind == "integer" && slices.Contains(want, "number") ||
		kind == "number" && slices.Contains(want, "integer")
}

// typesAt are the types that a schema names for a place in a configuration; none
// where it does not say so plainly.
func typesAt(schema *jsonschema.Schema, path string) []string {
	for part := range strings.SplitSeq(path, ".") {
		for schema != nil && schema.Ref != nil {
			schema = schema.Ref
		}
		if schema == nil {
			return nil
		}
		if _, err := strconv.Atoi(part); err == nil && schema.Items2020 != nil {
			schema = schema.Items2020
			continue
		}
		schema = schema.Properties[part]
	}
	if schema == nil || schema.Types == nil {
		return nil
	}
	return schema.Types.ToStrings()
}
