package main

import (
	"encoding/json"
	"fmt"

	"github.com/google/cel-go/cel"

	"github.com/acrhost/acrhost/host/plugin/bench/job"
)

const expression = `"hwk" in input.amr ? "2.5" : "pwd" in input.amr && "otp" in input.amr ? "2.0" : "pwd" in input.amr ? "1.5" : "0"`

// openCEL evaluates an expression that was compiled once.
func openCEL(s *setup) (call, error) {
	env, err := cel.NewEnv(cel.Variable("input", cel.DynType))
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	program, err := env.Program(ast)
	if err != nil {
		return nil, err
	}
	return func() (answer, error) {
		var input map[string]any
		if err := json.Unmarshal(s.document, &input); err != nil {
			return answer{}, err
		}
		v, _, err := program.Eval(map[string]any{"input": input})
		if err != nil {
			return answer{}, err
		}
		acr, ok := v.Value().(string)
		if !ok {
			return answer{}, fmt.Errorf("the expression gave a %T", v.Value())
		}
		output, err := json.Marshal(job.Output{Outcome: "ok", ACR: acr})
		return answer{output: output}, err
	}, nil
}
