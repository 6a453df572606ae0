package main

import (
	"slices"
	"strings"
)

// rustSetters writes how the members of an answer are set, in a chain. Those that begin an
// answer, and evidence, are written by hand.
func rustSetters(p *page, m Model) {
	answer := find(m.Output, "Answer")
	p.add("")
	p.add("    impl Answer {")
	between := ""
	for _, member := range answer.Members {
		arguments, set := rustSetter(m, member)
		if set == "" {
			continue
		}
		p.WriteString(between)
		between = "\n"
		name, doc := member.Name, "Sets"
		switch member.Kind {
		case Values:
			name, doc = strings.TrimSuffix(name, "s"), "Sets one of"
		case Texts:
			doc = "Adds to"
		}
		p.wrap("        ///", doc+" `"+member.Name+"`. "+member.Doc, 100)
		p.add("        pub fn %s(mut self, %s) -> Answer {", name, arguments)
		p.add("            self.%s%s;", member.Name, set)
		p.add("            self")
		p.add("        }")
	}
	p.add("    }")
}

// rustSetter gives a setter's arguments, and what it does to the member.
func rustSetter(m Model, member Member) (arguments, set string) {
	begins := []string{"outcome", "prompt", "redirect", "error"}
	switch of := find(m.Output, member.Of).Members; {
	case slices.Contains(begins, member.Name):
	case member.Kind == JSON:
		return "value: impl Into<Value>", " = Some(value.into())"
	case member.Kind == Values:
		return "name: impl Into<String>, value: impl Into<Value>", ".insert(name.into(), value.into())"
	case member.Kind == Texts:
		return "value: impl Into<String>", ".push(value.into())"
	case member.Kind == Object && len(of) == 1 && of[0].Kind == Text:
		return of[0].Name + ": impl Into<String>", " = Some(" + member.Of + " { " + of[0].Name + ": " + of[0].Name + ".into() })"
	}
	return "", ""
}
