package main

import (
	"fmt"
	"strings"
)

// page is a text that grows by lines.
type page struct{ strings.Builder }

// add adds a line; one without arguments is taken as it is.
func (p *page) add(format string, values ...any) {
	if len(values) == 0 {
		p.WriteString(format)
	} else {
		fmt.Fprintf(p, format, values...)
	}
	p.WriteByte('\n')
}

// wrap breaks a text into lines of at most width bytes, each with a prefix.
func (p *page) wrap(prefix, text string, width int) {
	line := prefix
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width && line != prefix {
			p.add("%s", line)
			line = prefix
		}
		line += " " + word
	}
	if line != prefix {
		p.add("%s", line)
	}
}

// pascal gives user_identify as UserIdentify.
func pascal(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// camel gives user_identify as userIdentify.
func camel(name string) string {
	p := pascal(name)
	return strings.ToLower(p[:1]) + p[1:]
}
