package main

import (
	"fmt"
	"strings"
)

// goCall is how the Go SDK spells a capability otherwise than as VerbNoun: another name,
// a member of the answer in its place, and the whole request as the argument.
type goCall struct {
	name, result string
	whole        bool
}

var goCalls = map[string]goCall{
	"user_identify":            {name: "IdentifyUser", result: "subject"},
	"user_factors":             {name: "UserFactors"},
	"passkey_login_options":    {name: "BeginPasskeyLogin", whole: true},
	"passkey_login":            {name: "LogInByPasskey"},
	"passkey_register_options": {name: "BeginPasskeyRegistration", whole: true},
	"recovery_verify":          {name: "VerifyRecoveryCode"},
	"recovery_generate":        {name: "GenerateRecoveryCodes"},
	"recovery_confirm":         {name: "ConfirmRecoveryCodes"},
	"consent_check":            {name: "HasConsent", result: "ok"},
}

func goCallOf(c Capability) goCall {
	call := goCalls[c.Name]
	if call.name == "" { // password_verify is VerifyPassword
		noun, verb, _ := strings.Cut(c.Name, "_")
		call.name = goName(verb) + goName(noun)
	}
	call.whole = call.whole || len(c.Request.Members) > 3
	return call
}

func goFunctions(m Model) (string, error) {
	m = m.renamed(goNames)
	var p page
	p.add(goHeader + "package capability\n\nimport (\n\t\"github.com/acrhost/acrhost/sdk/go/abi\"\n\t\"github.com/acrhost/acrhost/sdk/go/step\"\n)")
	for _, c := range m.Capabilities {
		goFunction(&p, c)
	}
	return goFormat(p)
}

func goFunction(p *page, c Capability) {
	call := goCallOf(c)
	arguments, request := "", "abi."+c.Request.Name+"{}"
	switch {
	case call.whole:
		arguments, request = ", request abi."+c.Request.Name, "request"
	case len(c.Request.Members) > 0:
		var names, fields []string
		for _, m := range c.Request.Members {
			names = append(names, camel(m.Name))
			fields = append(fields, goName(m.Name)+": "+camel(m.Name))
		}
		arguments = ", " + strings.Join(names, ", ") + " string"
		request = fmt.Sprintf("abi.%s{%s}", c.Request.Name, strings.Join(fields, ", "))
	}
	p.add("")
	p.wrap("//", call.name+" "+strings.ToLower(c.Doc[:1])+c.Doc[1:], 90)
	if c.Answer.Name == "Nothing" {
		p.add("func %s(ctx *step.Context%s) error {", call.name, arguments)
		p.add("return ctx.Invoke(%q, %s, %s, &abi.Nothing{})\n}", c.Name, camel(c.Name), request)
		return
	}
	typ, value := "abi."+c.Answer.Name, "answer"
	for _, m := range c.Answer.Members {
		if m.Name == call.result {
			value = "answer." + goName(m.Name)
			if typ = goPlain(m); m.Kind == Object {
				typ = "abi." + typ
			}
		}
	}
	p.add("func %s(ctx *step.Context%s) (%s, error) {", call.name, arguments, typ)
	p.add("var answer abi.%s", c.Answer.Name)
	p.add("err := ctx.Invoke(%q, %s, %s, &answer)", c.Name, camel(c.Name), request)
	p.add("return %s, err\n}", value)
}

// goImports writes the imports as WebAssembly has them. No table lists them: what the
// linker can't reach, it must be able to leave out.
func goImports(m Model) (string, error) {
	var p page
	p.add(goHeader + "package capability\n\nimport (\n\t\"unsafe\"\n\n\t\"github.com/acrhost/acrhost/sdk/go/abi\"\n\t\"github.com/acrhost/acrhost/sdk/go/internal/guest\"\n)")
	for _, c := range m.Capabilities {
		p.add("\n//go:wasmimport acrhost_cap_v1 %s", c.Name)
		p.add("func import%s(ptr unsafe.Pointer, n uint32) uint32\n", pascal(c.Name))
		p.add("func %s(request []byte) (abi.Status, []byte) {", camel(c.Name))
		p.add("status, answer := guest.Call(import%s, request)\nreturn abi.Status(status), answer\n}", pascal(c.Name))
	}
	return goFormat(p)
}

// goNoImports writes what stands for them elsewhere: no host is linked, so each is denied.
// A test's double answers before these are reached.
func goNoImports(m Model) (string, error) {
	var p page
	p.add(goHeader + "//go:build !wasip1\n\npackage capability\n\nimport \"github.com/acrhost/acrhost/sdk/go/abi\"")
	for _, c := range m.Capabilities {
		p.add("\nfunc %s([]byte) (abi.Status, []byte) { return abi.Denied, nil }", camel(c.Name))
	}
	return goFormat(p)
}
