package expr

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
)

// The bounds of an expression and of its evaluation.
const (
	// MaxSource is how long an expression may be, in bytes.
	MaxSource = 4 << 10
	// MaxResult bounds the value that an evaluation gives: bytes of text, with 16
	// for each number, element and key.
	MaxResult = 64 << 10

	maxNesting = 64
	maxNodes   = 2_000
	// maxCost is in cel's units, where reading a member is one and scanning ten
	// characters is one: milliseconds at most.
	maxCost = 100_000
)

// environment is built once, at the first use: it never changes after.
var environment = sync.OnceValues(newEnvironment)

func newEnvironment() (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("make cel's registry of types: %w", err)
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(schema{Provider: registry, structs: structs()}),
		cel.ParserExpressionSizeLimit(MaxSource),
		cel.ParserRecursionLimit(maxNesting),
		cel.ExpressionNodeLimit(maxNodes),
		cel.CrossTypeNumericComparisons(true), // vars.tries > 2, though vars hold doubles
		cel.DefaultUTCTimeZone(true),
		ext.Strings(ext.StringsVersion(4)),
		ext.Sets(),
		ext.Math(),
		ext.Encoders(),
	}
	for name, t := range variables() {
		options = append(options, cel.Variable(name, t))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("make the environment of expressions: %w", err)
	}
	return env, nil
}
