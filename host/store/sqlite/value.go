package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/acrhost/acrhost/host/store"
)

// at is a time as a column holds it; the zero time has a number too.
func at(t time.Time) int64 { return t.UnixMicro() }

// when is the reverse of at.
func when(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// maybeAt is at for a column that holds NULL instead of the zero time.
func maybeAt(t time.Time) sql.NullInt64 { return sql.NullInt64{Int64: at(t), Valid: !t.IsZero()} }

// maybeWhen is the reverse of maybeAt.
func maybeWhen(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return when(micros.Int64)
}

// blob is data for a column that may not be NULL.
func blob(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// toJSON is a value for a column of JSON.
func toJSON(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// fromJSON is the reverse of toJSON. The text is what toJSON wrote; anything
// else is damage.
func fromJSON(text, column string, value any) error {
	if err := store.Decode([]byte(text), value); err != nil {
		return fmt.Errorf("column %s is damaged: %w", column, err)
	}
	return nil
}

// conflict turns a failure of uniqueness, and a version that matched no row,
// into the law's answer. The statement that failed has changed nothing.
func conflict(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrConflict
	}
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		switch failure.Code() {
		case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY:
			return store.ErrConflict
		}
	}
	return err
}
