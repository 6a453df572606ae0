package main

import (
	"fmt"
	"slices"
	"strings"
)

// goRead writes how the input and the answers are read without reflection.
func goRead(m Model) (string, error) {
	m = m.renamed(goNames)
	var p page
	p.add(goHeader + "package abi\n\nimport \"github.com/acrhost/acrhost/sdk/go/leanjson\"")
	for i, t := range m.Input {
		goReads(&p, t, i == 0, goInside(m.Input, t.Name))
	}
	for _, t := range m.Capability {
		if t.Words == nil && !goOnlyAsked(m, t.Name) {
			goReads(&p, t, true, false)
		}
	}
	return goFormat(p)
}

func goOnlyAsked(m Model, name string) bool {
	return !slices.ContainsFunc(m.Capabilities, func(c Capability) bool { return c.Answer.Name == name })
}

// goInside says whether a type is that of a list's or a table's elements.
func goInside(types []Type, name string) bool {
	return slices.ContainsFunc(types, func(t Type) bool {
		return slices.ContainsFunc(t.Members, func(m Member) bool { return m.Of == name && (m.Kind == List || m.Kind == Named) })
	})
}

func goReads(p *page, t Type, document, inside bool) {
	names := strings.ToLower(t.Name[:1]) + t.Name[1:] + "Names"
	p.add("")
	p.add("// The members of %s, in the order of its schema: the cases of read are their numbers.", t.Name)
	p.add("var %s = [...]string{%s}", names, goQuoted(t))
	if document {
		p.add("")
		p.add("// ParseJSON reads the document. Members that it does not know are passed over, and null is the")
		p.add("// same as a member that is missing. Its texts lie in the document, which must not be changed")
		p.add("// any more.")
		p.add("func (x *%s) ParseJSON(document []byte) error {", t.Name)
		p.add("\t*x = %s{}", t.Name)
		p.add("\tp := leanjson.Parse(document)\n\tx.read(&p)\n\treturn p.End()\n}")
	}
	p.add("")
	if len(t.Members) == 0 {
		p.add("func (*%s) read(p *leanjson.Parser) {\n\tf := p.Open(%s[:], false)\n\tfor f.Next(p) >= 0 {\n\t}\n}", t.Name, names)
		return
	}
	p.add("func (x *%s) read(p *leanjson.Parser) {", t.Name)
	p.add("\tf := p.Open(%s[:], false)", names)
	p.add("\tfor i := f.Next(p); i >= 0; i = f.Next(p) {\n\t\tswitch i {")
	for i, m := range t.Members {
		p.add("\t\tcase %d: // %s\n\t\t\t%s", i, m.Name, goReadMember(m))
	}
	p.add("\t\t}\n\t}\n}")
	if inside {
		p.add("\nfunc read%s(p *leanjson.Parser) (x %s) {\n\tx.read(p)\n\treturn x\n}", t.Name, t.Name)
	}
}

func goQuoted(t Type) string {
	var all []string
	for _, m := range t.Members {
		all = append(all, fmt.Sprintf("%q", m.Name))
	}
	return strings.Join(all, ", ")
}

func goReadMember(m Member) string {
	field := "x." + goName(m.Name)
	switch pointer := strings.HasPrefix(goMember(m, false), "*"); {
	case m.Kind == Int && pointer:
		return fmt.Sprintf("if !p.Null() {\n\t\t\t\t%s = new(p.Int(64))\n\t\t\t}", field)
	case m.Kind == Text && pointer:
		return field + " = p.Optional()"
	case m.Kind == Object && pointer:
		return fmt.Sprintf("if !p.Null() {\n\t\t\t\t%s = new(%s)\n\t\t\t\t%s.read(p)\n\t\t\t}", field, m.Of, field)
	case m.Kind == Object && strings.HasSuffix(m.Of, "Fault"):
		return fmt.Sprintf("%s = %s(p.Text())", field, m.Of)
	case m.Kind == Object:
		return field + ".read(p)"
	case m.Kind == Int && goPlain(m) == "int":
		return field + " = int(p.Int(64))"
	case goPlain(m) == "json.RawMessage":
		return field + " = p.Raw()"
	}
	return field + " = " + map[Kind]string{
		Text: "p.Text()", Time: "readTime(p)", Int: "p.Int(64)", Bool: "p.Bool()", Texts: "p.Texts()", TextTable: "p.TextMap()", Values: "p.Map()",
		Tables: "leanjson.Elements(p, (*leanjson.Parser).Map)", List: "leanjson.Elements(p, read" + m.Of + ")", Named: "leanjson.Table(p, read" + m.Of + ")",
	}[m.Kind]
}
