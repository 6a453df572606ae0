package sqlite_test

import (
	"database/sql"
	"testing"
)

// sabotage makes records whose id begins with "odd" fail, from outside.
func sabotage(t *testing.T, path, way string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`CREATE TRIGGER sabotage AFTER INSERT ON artifact WHEN new.id LIKE 'odd%'
		BEGIN SELECT RAISE(` + way + `, 'sabotaged'); END`)
	if err != nil {
		t.Fatal(err)
	}
}
