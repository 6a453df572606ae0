package vectors

import (
	"context"
	"embed"

	"github.com/acrhost/acrhost/sdk/vector"
)

//go:embed *.json
var files embed.FS

// All are the vectors of the kit, in a fixed order.
func All() ([]vector.Vector, error) {
	all, err := vector.Read(files, ".")
	if err != nil {
		return nil, err
	}
	return append(all, large()...), nil
}

// Check holds a module to a vector, with two calls in a row: the second must answer as
// the first did. The difference is of the first that differs.
func Check(ctx context.Context, v vector.Vector, m vector.Module) (vector.Diff, error) {
	for range 2 {
		if diff, err := v.Check(ctx, m); diff != "" || err != nil {
			return diff, err
		}
	}
	return "", nil
}
