package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

// row is one row of a result. What it holds is the driver's own, and nobody else's: bytes
// need not be copied.
type row []driver.Value

// Scan reads the columns. They are of the types that the tables are declared with, so
// anything else is damage.
func (r row) Scan(dest ...any) error {
	if len(dest) != len(r) {
		return fmt.Errorf("%d columns are read of %d", len(dest), len(r))
	}
	for i, to := range dest {
		if err := read(to, r[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func read(to any, from driver.Value) error {
	ok := false
	switch to := to.(type) {
	case *string:
		*to, ok = from.(string)
	case *store.Kind:
		var text string
		text, ok = from.(string)
		*to = store.Kind(text)
	case *int64:
		*to, ok = from.(int64)
	case *bool:
		var n int64
		n, ok = from.(int64)
		*to = n != 0
	case *[]byte:
		*to, ok = from.([]byte)
	case **string: // nil for NULL
		var text string
		if text, ok = from.(string); ok {
			*to = &text
		}
		ok = ok || from == nil
	case sql.Scanner:
		return to.Scan(from)
	}
	if !ok {
		return fmt.Errorf("a %T is no %T", from, to)
	}
	return nil
}
