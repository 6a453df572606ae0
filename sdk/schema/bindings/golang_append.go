package main

import (
	"fmt"
	"slices"
	"strings"
)

// goAppend writes how the documents and the requests are written without reflection.
func goAppend(m Model) (string, error) {
	m = m.renamed(goNames)
	all := slices.Concat(m.Input, m.Output, m.Capability)
	var p page
	p.add(goHeader + "package abi\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/acrhost/acrhost/sdk/go/leanjson\"\n)")
	w := goAppender{page: &p, all: all}
	for _, types := range [][]Type{m.Input, m.Output} {
		for i, t := range types {
			if t.Words == nil {
				w.appends(t, i == 0)
			}
		}
	}
	for _, t := range m.Capability {
		if slices.ContainsFunc(m.Capabilities, func(c Capability) bool { return name(goNames, c.Request.Name) == t.Name }) {
			w.appends(t, true)
		}
	}
	return goFormat(p)
}

// goAppender writes the methods that append a value.
type goAppender struct {
	*page
	all      []Type
	document bool // whether what is written is one: its members are named in errors
}

// fails says whether writing a value can.
func (w goAppender) fails(m Member) bool {
	switch m.Kind {
	case Time, JSON, Values, Tables:
		return true
	case Object, List, Named:
		return slices.ContainsFunc(find(w.all, m.Of).Members, w.fails)
	}
	return false
}

func (w goAppender) appends(t Type, document bool) {
	fails := slices.ContainsFunc(t.Members, w.fails)
	w.document = document
	w.add("")
	switch {
	case len(t.Members) == 0:
		w.add("// AppendJSON appends the request to b.\nfunc (%s) AppendJSON(b []byte) ([]byte, error) { return append(b, \"{}\"...), nil }", t.Name)
		return
	case document:
		w.add("// AppendJSON appends the document to b: byte for byte what encoding/json writes without HTML")
		w.add("// escapes. An error names the member that is no JSON.")
		w.add("func (x %s) AppendJSON(b []byte) ([]byte, error) {", t.Name)
	case fails:
		w.add("func (x %s) appendJSON(b []byte) ([]byte, error) {", w.receiver(t))
	default:
		w.add("func (x %s) appendJSON(b []byte) []byte {", w.receiver(t))
	}
	if w.nullable(t) {
		w.add("if x == nil {\nreturn append(b, \"null\"...), nil\n}")
	}
	if fails {
		w.add("var err error")
	}
	if !t.Members[0].Required {
		w.add("b = append(b, '{')")
	}
	first := true // whether no member is there for certain
	for i, m := range t.Members {
		w.member(m, i == 0, first)
		first = first && !m.Required
	}
	if document || fails {
		w.add("return append(b, '}'), nil\n}")
	} else {
		w.add("return append(b, '}')\n}")
	}
}

func (w goAppender) nullable(t Type) bool {
	return slices.ContainsFunc(w.all, func(other Type) bool {
		return slices.ContainsFunc(other.Members, func(m Member) bool { return m.Of == t.Name && m.Nullable })
	})
}

// receiver is a pointer but for the elements of lists and tables.
func (w goAppender) receiver(t Type) string {
	if goInside(w.all, t.Name) {
		return t.Name
	}
	return "*" + t.Name
}

// member writes one member. What stands before it is known but where all before it may
// be missing.
func (w goAppender) member(m Member, opens, first bool) {
	field, prefix := "x."+goName(m.Name), fmt.Sprintf("`,%q:`", m.Name)
	if opens {
		prefix = fmt.Sprintf("`{%q:`", m.Name)
	}
	to := fmt.Sprintf("append(b, %s...)", prefix)
	if first && (!opens || !m.Required) {
		prefix = fmt.Sprintf("`%q:`", m.Name)
		to = fmt.Sprintf("name(b, %s)", prefix)
	}
	if m.Required {
		w.value(m, field, to)
		return
	}
	switch {
	case m.Kind == Bool && !first:
		w.add("if %s {\nb = append(b, `,%q:true`...)\n}", field, m.Name)
		return
	case m.Kind == Bool || m.Kind == Text && !strings.HasPrefix(goMember(m, false), "*") || goEnum(m):
		zero := map[bool]string{true: "", false: ` != ""`}[m.Kind == Bool]
		w.add("if %s%s {", field, zero)
	case m.Kind == Int && !strings.HasPrefix(goMember(m, false), "*"):
		w.add("if %s != 0 {", field)
	case m.Filled:
		w.add("if len(%s) > 0 {", field)
	default:
		w.add("if %s != nil {", field)
		if m.Kind == Text || m.Kind == Int {
			field = "*" + field
		}
	}
	m.Nullable, m.Silent = false, true
	w.value(m, field, to)
	w.add("}")
}

// goEnum says whether a member is a text of known words.
func goEnum(m Member) bool {
	return m.Kind == Object && (m.Of == "FieldType" || strings.HasSuffix(m.Of, "Fault"))
}

func (w goAppender) value(m Member, field, to string) {
	if w.fails(m) {
		fault := "err"
		if w.document {
			fault = fmt.Sprintf("fmt.Errorf(\"%s: %%w\", err)", m.Name)
		}
		w.add("if b, err = %s; err != nil {\nreturn b, %s\n}", w.call(m, field, to), fault)
	} else {
		w.add("b = %s", w.call(m, field, to))
	}
}

// call appends a value.
func (w goAppender) call(m Member, field, to string) string {
	switch {
	case goEnum(m):
		return fmt.Sprintf("leanjson.AppendText(%s, string(%s))", to, field)
	case m.Kind == Text && m.Nullable:
		return fmt.Sprintf("appendOptional(%s, %s)", to, field)
	case m.Kind == Int && m.Nullable:
		return fmt.Sprintf("appendOptionalInt(%s, %s)", to, field)
	case m.Kind == Int && goPlain(m) == "int":
		return fmt.Sprintf("leanjson.AppendInt(%s, int64(%s))", to, field)
	case m.Kind == Object:
		return fmt.Sprintf("%s.appendJSON(%s)", field, to)
	case m.Kind == List && !w.fails(m):
		return fmt.Sprintf("list(%s, %s, %s.appendJSON)", to, field, m.Of)
	case m.Kind == List:
		return fmt.Sprintf("leanjson.AppendElements(%s, %s, %s.appendJSON)", to, field, m.Of)
	case m.Kind == Named:
		return fmt.Sprintf("leanjson.AppendTable(%s, %s, %s.appendJSON)", to, field, m.Of)
	case m.Kind == Tables:
		return fmt.Sprintf("leanjson.AppendElements(%s, %s, appendTable)", to, field)
	case goPlain(m) == "json.RawMessage":
		return fmt.Sprintf("leanjson.AppendRaw(%s, %s)", to, field)
	case m.Kind == Time:
		return fmt.Sprintf("appendTime(%s, %s)", to, field)
	}
	function := map[Kind]string{Text: "AppendText", Int: "AppendInt", Bool: "AppendBool", Texts: "AppendTexts", TextTable: "AppendTextMap", Values: "AppendMap"}[m.Kind]
	return fmt.Sprintf("leanjson.%s(%s, %s)", function, to, field)
}
