package journey

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/host/journey/expr"
)

// expressions checks that every expression compiles, and keeps what was compiled.
func (c *check) expressions() {
	for _, n := range c.nodes {
		c.programs[n] = map[string]*expr.Program{}
		expr.Walk(n.Config, func(path, src string) {
			p, err := expr.Compile(src)
			if err != nil {
				c.fault(n.Line(member(path)), fmt.Sprintf("the expression %s in %s: %v", member(path), n, err), "the numbers are line and column of the expression")
				return
			}
			c.programs[n][path] = p
		})
		c.almost(n, "", n.Config)
	}
}

// member is a path in a step's configuration as a path in the step.
func member(path string) string {
	if path == "" {
		return "config"
	}
	return "config." + path
}

// almost finds tables that were meant to be expressions and are none: they would
// reach the step as they stand.
func (c *check) almost(n *node, path string, v any) {
	if _, ok := expr.IsExpression(v); ok {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["cel"]; ok {
			c.fault(n.Line(member(path)), fmt.Sprintf("%s in %s is no expression", member(path), n), `an expression is a table with nothing but cel and a string: { cel = "acr.current" }`)
			return
		}
		for _, k := range sorted(v) {
			c.almost(n, under(path, k), v[k])
		}
	case string:
		if strings.Contains(v, expr.Mosaic) {
			c.fault(n.Line(member(path)), fmt.Sprintf("%s in %s is text, and holds an expression", member(path), n), "write it as { cel = \"…\" }")
		}
	case []any:
		for i, e := range v {
			c.almost(n, under(path, strconv.Itoa(i)), e)
		}
	}
}

func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
