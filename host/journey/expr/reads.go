package expr

import (
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// varsRead lists the members of vars that an expression reads by a literal name.
func varsRead(e ast.Expr) []string {
	r := reader{}
	r.visit(e)
	slices.Sort(r.names)
	return slices.Compact(r.names)
}

// reader walks an expression. shadowed counts the comprehensions around the
// current place whose own variable is called vars.
type reader struct {
	names    []string
	shadowed int
}

func (r *reader) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.SelectKind:
		s := e.AsSelect()
		if !s.IsTestOnly() { // has(vars.x) asks, it does not read
			r.member(s.Operand(), s.FieldName())
		}
		r.visit(s.Operand())
	case ast.CallKind:
		r.call(e.AsCall())
	case ast.ListKind:
		r.visitAll(e.AsList().Elements())
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			r.visit(entry.AsMapEntry().Key())
			r.visit(entry.AsMapEntry().Value())
		}
	case ast.StructKind:
		for _, field := range e.AsStruct().Fields() {
			r.visit(field.AsStructField().Value())
		}
	case ast.ComprehensionKind:
		r.comprehension(e.AsComprehension())
	}
}

func (r *reader) visitAll(all []ast.Expr) {
	for _, e := range all {
		r.visit(e)
	}
}

func (r *reader) call(c ast.CallExpr) {
	if args := c.Args(); c.FunctionName() == operators.Index && len(args) == 2 && args[1].Kind() == ast.LiteralKind {
		if name, ok := args[1].AsLiteral().Value().(string); ok {
			r.member(args[0], name)
		}
	}
	if c.IsMemberFunction() {
		r.visit(c.Target())
	}
	r.visitAll(c.Args())
}

func (r *reader) comprehension(c ast.ComprehensionExpr) {
	r.visit(c.IterRange())
	r.visit(c.AccuInit())
	if c.IterVar() == "vars" || c.IterVar2() == "vars" {
		r.shadowed++
		defer func() { r.shadowed-- }()
	}
	r.visitAll([]ast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()})
}

func (r *reader) member(of ast.Expr, name string) {
	if r.shadowed == 0 && of.Kind() == ast.IdentKind && of.AsIdent() == "vars" {
		r.names = append(r.names, name)
	}
}
