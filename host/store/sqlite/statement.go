package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/acrhost/acrhost/host/store"
)

// statements is a connection, which prepares each query once. The queries are constants of
// this package, so there are few of them. It is for one goroutine at a time.
//
// It is a connection of the driver's own and none of database/sql, which takes as long for
// a row that is found by its key as SQLite itself: it looks for a connection, watches over
// the context, and converts what is of the right type.
type statements struct {
	conn     driver.Conn
	prepared map[string]*statement
}

// statement is a prepared query, with room for its arguments.
type statement struct {
	driver.Stmt
	args []driver.NamedValue
	row  []driver.Value
}

// connect opens a connection to the file of a driver's name (see source).
func connect(name string) (*statements, error) {
	conn, err := (&sqlite.Driver{}).Open(name)
	if err != nil {
		return nil, busyOr(err)
	}
	return &statements{conn: conn, prepared: map[string]*statement{}}, nil
}

// close closes the statements first: a connection with statements left does not write its
// log back to the database.
func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.prepared {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

func (s *statements) get(ctx context.Context, query string, args []any) (*statement, error) {
	stmt := s.prepared[query]
	if stmt == nil {
		prepared, err := s.conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
		if err != nil {
			return nil, busyOr(err)
		}
		stmt = &statement{Stmt: prepared}
		s.prepared[query] = stmt
	}
	stmt.args = stmt.args[:0]
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		stmt.args = append(stmt.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return stmt, nil
}

// one reads the first row of a query, or sql.ErrNoRows.
func one[T any](ctx context.Context, s *statements, scan func(row) (T, error), query string, args ...any) (found T, err error) {
	err = sql.ErrNoRows
	failed := s.each(ctx, query, args, func(r row) (more bool, _ error) {
		found, err = scan(r)
		return false, nil
	})
	if failed != nil {
		err = failed
	}
	return found, err
}

// all reads all rows of a query.
func all[T any](ctx context.Context, s *statements, scan func(row) (T, error), query string, args ...any) (found []T, err error) {
	err = s.each(ctx, query, args, func(r row) (bool, error) {
		t, err := scan(r)
		found = append(found, t)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// each hands the rows of a query to see, until it wants no more.
func (s *statements) each(ctx context.Context, query string, args []any, see func(row) (bool, error)) (err error) {
	stmt, err := s.get(ctx, query, args)
	if err != nil {
		return err
	}
	rows, err := stmt.Stmt.(driver.StmtQueryContext).QueryContext(ctx, stmt.args)
	if err != nil {
		return busyOr(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if stmt.row == nil {
		stmt.row = make([]driver.Value, len(rows.Columns()))
	}
	for {
		switch err := rows.Next(stmt.row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return busyOr(err)
		}
		if more, err := see(row(stmt.row)); err != nil || !more {
			return err
		}
	}
}

// exec runs a statement and counts the rows that it changed.
func exec(ctx context.Context, s *statements, query string, args ...any) (int64, error) {
	stmt, err := s.get(ctx, query, args)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Stmt.(driver.StmtExecContext).ExecContext(ctx, stmt.args)
	if err != nil {
		return 0, busyOr(err)
	}
	return result.RowsAffected()
}

// busyOr is an error with the law's word for it where another process held the lock for
// longer than busy_timeout.
func busyOr(err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	// The upper bits say more about it.
	if code := failed.Code() & 0xff; code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED {
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return err
}

// scanText reads a single text.
func scanText(r row) (text string, err error) {
	err = r.Scan(&text)
	return text, err
}

// scanInt reads a single number.
func scanInt(r row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}
