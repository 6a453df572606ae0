package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What the C SDK calls otherwise than ah_ and the schema's name. Types of one name are one
// struct, with the members of all.
var cNames = map[string]string{
	"ACR": "ah_acr_state", "Evidence": "ah_evidence_of", "Subject": "ah_subject_of", "Nothing": "ah_none",
	"Manifest": "ah_module", "StepType": "ah_step", "Writes": "ah_writes",
	"UserIdentify": "ah_username", "UserIdentified": "ah_identified", "PasswordVerify": "ah_password", "PasswordSet": "ah_password",
	"PasswordChosen": "ah_verified", "RecoveryVerified": "ah_verified", "OTPSend": "ah_otp", "OTPSent": "ah_sent",
	"OTPVerify": "ah_channel_code", "AddressEnroll": "ah_channel_address", "CodeCheck": "ah_code", "TOTPConfirm": "ah_code",
	"UserFactors": "ah_factors", "PasskeyOptions": "ah_passkey", "PasskeyLogin": "ah_response", "PasskeyRegister": "ah_response",
	"UpstreamBegin": "ah_begin", "UpstreamBegun": "ah_begun", "UpstreamFinished": "ah_finished", "HTTPFetch": "ah_fetch", "HTTPFetched": "ah_fetched",
}

// c puts the generated part into the header, which is one file for who includes it.
func c(path string, m Model) (string, error) {
	names := map[string]string{}
	for _, t := range slices.Concat(m.Input, m.Output, m.Manifest, m.Capability) {
		names[t.Name] = "ah_" + strings.ToLower(t.Name)
	}
	maps.Copy(names, cNames)
	return between(path, cPart(m.renamed(names)))
}

func cPart(m Model) string {
	var p page
	w := cWriter{page: &p, all: slices.Concat(m.Input, m.Output[1:], m.Capability), input: m.Input, done: map[string]bool{"ah_none": true}}
	for _, t := range w.all {
		if t.Words == nil && !slices.Contains([]string{"ah_subjectref", "ah_redirect", "ah_error", "ah_asserted"}, t.Name) {
			w.typ(t)
		}
	}
	for _, t := range slices.Backward(m.Manifest) { // the inner ones first
		cStated(w, t)
	}
	p.add("")
	for _, c := range m.Capabilities {
		p.wrap("//", c.Doc, 100)
		p.add("AH_CAPABILITY(%s, %s, %s)", c.Name, c.Request.Name, c.Answer.Name)
	}
	cStatuses(&p, m)
	p.add("")
	p.add("// All capabilities, for doubles.")
	p.add("#define AH_CAPABILITY_NAMES(X) \\")
	for i, c := range m.Capabilities {
		end := " \\"
		if i == len(m.Capabilities)-1 {
			end = ""
		}
		p.add("  X(%s)%s", c.Name, end)
	}
	return p.String()
}

// cStatuses writes what capabilities return, and how each is called in a step error.
func cStatuses(p *page, m Model) {
	p.add("\n// What a capability returns.\nenum {")
	for i, s := range m.Statuses {
		p.add("  AH_%s = %d, // %s", strings.ToUpper(s.Name), i, s.Doc)
	}
	p.add("};\nstatic const char *const ah_status_names[] = {")
	for _, s := range m.Statuses {
		p.add("  %q,", s.Name)
	}
	p.add("};")
}

// cWriter writes types, each after those that are in it.
type cWriter struct {
	*page
	all, input []Type
	done       map[string]bool
}

func (w cWriter) typ(t Type) {
	if w.done[t.Name] {
		return
	}
	w.done[t.Name] = true
	for _, m := range t.Members {
		if of := find(w.all, m.Of); of.Name != "" && of.Words == nil {
			w.typ(of)
		}
	}
	read := slices.ContainsFunc(w.input, func(other Type) bool { return other.Name == t.Name })
	macro := cMacro(t)
	w.add("")
	w.wrap("//", t.Doc, 100)
	w.add("#define %s(M) \\", macro)
	if t.Name == "ah_upstream" {
		w.add("  M(KEY, provider, OPTIONAL, \"\") \\")
	}
	for i, m := range t.Members {
		w.member(m, read, i == len(t.Members)-1)
	}
	w.add("ACRHOST_TYPE(%s, %s)", t.Name, macro)
}

// cStated writes the members of a type of the manifest, which is said with C strings. Only
// what is in no other is a struct as it stands: of the others the header has more.
func cStated(w cWriter, t Type) {
	macro := cMacro(t)
	w.add("")
	w.wrap("//", t.Doc, 100)
	w.add("#define %s(M) \\", macro)
	said := slices.DeleteFunc(slices.Clone(t.Members), func(m Member) bool { return m.Kind == JSON || m.Kind == Named })
	for i, m := range said {
		w.line(m, cStatedKind(m), cRule(m, false), i == len(said)-1)
	}
	if len(said) == len(t.Members) {
		w.add("ACRHOST_TYPE(%s, %s)", t.Name, macro)
	}
}

func cStatedKind(m Member) string {
	switch {
	case m.Kind == Text:
		return "CSTR"
	case m.Name == "fetches": // which have spaces
		return "PARTS"
	case m.Kind == Texts:
		return "WORDS"
	}
	return cKind(m)
}

func cMacro(t Type) string { return "AH_M_" + strings.ToUpper(strings.TrimPrefix(t.Name, "ah_")) }

// member writes a member. Descriptions are comments here, since a module would carry
// them along.
func (w cWriter) member(m Member, read, last bool) {
	w.line(m, cKind(m), cRule(m, read), last)
}

func (w cWriter) line(m Member, kind, rule string, last bool) {
	line := fmt.Sprintf("  M(%s, %s, %s, \"\")", kind, m.Name, rule)
	if m.Doc != "" {
		line += " /* " + cComment(m.Doc) + " */"
	}
	if !last {
		line += " \\"
	}
	w.add("%s", line)
}

// cComment is a text that neither begins nor ends a comment within one.
func cComment(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "*/", "* /"), "/*", "/ *")
}

func cRule(m Member, read bool) string {
	switch {
	case m.Kind == Tables:
		return "DEFAULT([])"
	case m.Required && !read && m.Default == "" && m.Kind != Bool: // a truth value that is missing is false
		return "REQUIRED"
	}
	return "OPTIONAL"
}

func cKind(m Member) string {
	switch m.Kind {
	case Text:
		return "TEXT"
	case Time:
		return "TIME"
	case Int:
		if m.Missing() && m.Format == "int64" {
			return "MAYBE"
		}
		return "INT"
	case Bool:
		return "BOOL"
	case Texts:
		return "TEXTS"
	case TextTable:
		return "TABLE"
	case List:
		return "LIST(" + m.Of + ")"
	case Named:
		return "NAMED(" + m.Of + ")"
	case Object:
		return cObject(m)
	}
	return "JSON"
}

func cObject(m Member) string {
	switch {
	case m.Of == "ah_fieldtype", m.Of == "ah_passwordfault":
		return "TEXT"
	case m.Nullable:
		return "POINTER(" + m.Of + ")"
	}
	return "OBJECT(" + m.Of + ")"
}
