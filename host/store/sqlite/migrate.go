package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver, by its name
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Of several hosts that start at once, one
// does it; the others fail on what is there already, look again, and find it done.
func migrate(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	schema, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	const attempts = 5
	for range attempts {
		if _, err = schema.Up(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrate: %w", err)
}
