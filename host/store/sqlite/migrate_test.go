package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

// TestGrantsOfBeforeRestOnWhatIsKnown: a file of before revoked_module is brought up to
// date, and each grant rests on the modules of its trail.
func TestGrantsOfBeforeRestOnWhatIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(time.Hour)
	for _, g := range []store.Grant{
		{ID: "trail", ACRDigest: "sha256:2", Details: []byte(`{"trail":[{"digest":"sha256:1"},{"digest":"sha256:2"}]}`)},
		{ID: "digest", ACRDigest: "sha256:2", Details: []byte(`no JSON`)},
		{ID: "none", Details: []byte(`{}`)},
		{ID: "bare"},
	} {
		g.ExpiresAt = ends
		if err := db.PutGrant(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	backTo(t, path, 2, "DROP TABLE revoked_module", "ALTER TABLE grant_ DROP COLUMN rests_on",
		"DROP INDEX grant_by_session", "DROP INDEX grant_by_client", "DROP TABLE consent", "DROP TABLE client",
		"DROP TABLE secret", "ALTER TABLE signing_key DROP COLUMN signs_at")
	if db, err = sqlite.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for id, want := range map[string][]string{"trail": {"sha256:1", "sha256:2"}, "digest": {"sha256:2"}, "none": nil, "bare": nil} {
		g, err := db.Grant(t.Context(), id)
		if err != nil || !slices.Equal(slices.Sorted(slices.Values(g.RestsOn)), want) {
			t.Errorf("%s rests on %v, want %v; %v", id, g.RestsOn, want, err)
		}
	}
}

// backTo undoes the migrations after a version.
func backTo(t *testing.T, path string, version int, statements ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, s := range statements {
		if _, err := raw.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id > ?", version); err != nil {
		t.Fatal(err)
	}
}
