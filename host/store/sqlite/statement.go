package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements prepares each query once. The queries are constants of this
// package, so there are few of them.
type statements struct {
	on interface {
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	}
	prepared sync.Map // *sql.Stmt by query
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.prepared.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.on.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, loaded := s.prepared.LoadOrStore(query, stmt); loaded {
		_ = stmt.Close() //nolint:sqlclosecheck // another goroutine was faster; the winner's is kept
		return first.(*sql.Stmt), nil
	}
	return stmt, nil
}

// close comes before the close of what the statements were prepared on: a
// connection with statements left does not write its log back to the database.
func (s *statements) close() error {
	var errs []error
	s.prepared.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(errs...)
}

// row is what one row can be scanned from: *sql.Row and *sql.Rows.
type row interface{ Scan(dest ...any) error }

// one reads the first row of a query, or sql.ErrNoRows.
func one[T any](ctx context.Context, s *statements, scan func(row) (T, error), query string, args ...any) (T, error) {
	stmt, err := s.get(ctx, query) //nolint:sqlclosecheck // kept until close
	if err != nil {
		var none T
		return none, err
	}
	return scan(stmt.QueryRowContext(ctx, args...))
}

// all reads all rows of a query.
func all[T any](ctx context.Context, s *statements, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	stmt, err := s.get(ctx, query) //nolint:sqlclosecheck // kept until close
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, t)
	}
	return found, rows.Err()
}

// exec runs a statement and counts the rows that it changed.
func exec(ctx context.Context, s *statements, query string, args ...any) (int64, error) {
	stmt, err := s.get(ctx, query) //nolint:sqlclosecheck // kept until close
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// scanInt reads a single number.
func scanInt(r row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}
