package main

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"
)

const script = `function decide(document) {
	const amr = JSON.parse(document).amr;
	const has = (method) => amr.includes(method);
	const acr = has("hwk") ? "2.5" : has("pwd") && has("otp") ? "2.0" : has("pwd") ? "1.5" : "0";
	return JSON.stringify({outcome: "ok", acr: acr});
}`

// openGojaNew makes a VM for each call, of a program that was compiled once.
func openGojaNew(s *setup) (call, error) {
	program, err := goja.Compile("decide.js", script, true)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		decide, err := newVM(program)
		if err != nil {
			return answer{}, err
		}
		return decide(s.document)
	}, nil
}

// openGojaReused calls one VM again and again.
func openGojaReused(s *setup) (call, error) {
	program, err := goja.Compile("decide.js", script, true)
	if err != nil {
		return nil, err
	}
	decide, err := newVM(program)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) { return decide(s.document) }, nil
}

func newVM(program *goja.Program) (func([]byte) (answer, error), error) {
	vm := goja.New()
	if _, err := vm.RunProgram(program); err != nil {
		return nil, fmt.Errorf("run the script: %w", err)
	}
	decide, ok := goja.AssertFunction(vm.Get("decide"))
	if !ok {
		return nil, errors.New("the script has no function decide")
	}
	return func(document []byte) (answer, error) {
		v, err := decide(goja.Undefined(), vm.ToValue(string(document)))
		if err != nil {
			return answer{}, err
		}
		return answer{output: []byte(v.String())}, nil
	}, nil
}
