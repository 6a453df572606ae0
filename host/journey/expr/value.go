package expr

import (
	"errors"
	"fmt"
	"math"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// errTooBig is a result over MaxResult.
var errTooBig = fmt.Errorf("the value is larger than %d bytes", MaxResult)

// overhead is what an element, a key or a number costs of MaxResult.
const overhead = 16

// plainValue turns a cel value into what JSON has. It counts as it goes: cel
// joins lists without copying, so that a short expression can name a huge one.
func plainValue(v ref.Val) (any, error) {
	c := converter{left: MaxResult}
	return c.plain(v)
}

type converter struct{ left int }

func (c *converter) spend(n int) error {
	c.left -= n
	if c.left < 0 {
		return errTooBig
	}
	return nil
}

func (c *converter) plain(v ref.Val) (any, error) {
	if err := c.spend(overhead); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case types.Null:
		return nil, nil
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Uint:
		if uint64(v) > math.MaxInt64 {
			return nil, fmt.Errorf("the number %d is too large", uint64(v))
		}
		return int64(v), nil
	case types.Double:
		return finite(float64(v))
	case types.String:
		return string(v), c.spend(len(v))
	case types.Timestamp, types.Duration:
		return v.ConvertToType(types.StringType).Value(), nil
	case traits.Lister:
		return c.list(v)
	case traits.Mapper:
		return c.table(v)
	}
	return nil, fmt.Errorf("the value is of type %s, which JSON does not have", v.Type().TypeName())
}

func finite(f float64) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("the value is not a finite number")
	}
	return f, nil
}

func (c *converter) list(l traits.Lister) (any, error) {
	all := []any{}
	for it := l.Iterator(); it.HasNext() == types.True; {
		v, err := c.plain(it.Next())
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (c *converter) table(m traits.Mapper) (any, error) {
	all := map[string]any{}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := key.(types.String)
		if !ok {
			return nil, fmt.Errorf("a key is of type %s, only strings can be", key.Type().TypeName())
		}
		if err := c.spend(len(name)); err != nil {
			return nil, err
		}
		v, err := c.plain(m.Get(key))
		if err != nil {
			return nil, err
		}
		all[string(name)] = v
	}
	return all, nil
}
