package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/sqlite"
)

func putGrant(t testing.TB, db *sqlite.DB, id string) {
	t.Helper()
	acr := "1.0"
	g := store.Grant{
		ID: id, ClientID: "c", UserID: "u", Scope: []string{"openid"}, ACR: &acr, AMR: []string{"pwd"},
		Details: []byte("{}"), ExpiresAt: time.Now().Add(time.Hour),
	}
	if err := db.PutGrant(t.Context(), g); err != nil {
		t.Fatal(err)
	}
}

func revoked(t testing.TB, db *sqlite.DB, id string) bool {
	t.Helper()
	g, err := db.Grant(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return !g.RevokedAt.IsZero()
}

// What another store of the same file takes back is gone for the next who asks, however often
// it was read before.
func TestOthersWritesAreSeenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	ours, other := open(t, path, time.Now), open(t, path, time.Now)
	version, err := ours.PutUser(t.Context(), store.User{ID: "u", Name: "ada", Claims: map[string]any{"a": []any{"b"}}})
	if err != nil {
		t.Fatal(err)
	}
	putGrant(t, ours, "g")
	token := store.Record{Kind: store.Revoked, ID: "jti", Data: []byte("{}"), ExpiresAt: time.Now().Add(time.Hour)}
	for range 3 {
		user, err := ours.User(t.Context(), "u")
		named, err2 := ours.UserByName(t.Context(), "ada")
		if err := errors.Join(err, err2); err != nil || user.Disabled || named.ID != user.ID {
			t.Fatal(user, named, err)
		}
		if _, err := ours.Get(t.Context(), store.Revoked, "jti"); !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		if revoked(t, ours, "g") {
			t.Fatal("revoked by nobody")
		}
	}
	if _, err := other.PutUser(t.Context(), store.User{ID: "u", Name: "ada", Disabled: true, Version: version}); err != nil {
		t.Fatal(err)
	}
	if user, err := ours.User(t.Context(), "u"); err != nil || !user.Disabled {
		t.Errorf("the user that another disabled: %v, %v", user, err)
	}
	if _, err := other.Put(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Get(t.Context(), store.Revoked, "jti"); err != nil {
		t.Errorf("the token that another revoked: %v", err)
	}
	if err := other.RevokeGrant(t.Context(), "g", time.Now()); err != nil {
		t.Fatal(err)
	}
	if !revoked(t, ours, "g") {
		t.Error("the grant that another revoked is in force")
	}
	if err := other.RemoveUser(t.Context(), "u"); err != nil {
		t.Fatal(err)
	}
	_, byID := ours.User(t.Context(), "u")
	_, byName := ours.UserByName(t.Context(), "ada")
	if !errors.Is(byID, store.ErrNotFound) || !errors.Is(byName, store.ErrNotFound) {
		t.Errorf("the user that another removed: by id %v, by name %v", byID, byName)
	}
}

// Nor does a write of this store hide it, before anybody has read.
func TestOthersWriteBeforeOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	ours, other := open(t, path, time.Now), open(t, path, time.Now)
	putGrant(t, ours, "g")
	if revoked(t, ours, "g") {
		t.Fatal("revoked by nobody")
	}
	if err := other.RevokeGrant(t.Context(), "g", time.Now()); err != nil {
		t.Fatal(err)
	}
	put(t, ours, "a")
	if !revoked(t, ours, "g") {
		t.Error("the grant that another revoked is in force")
	}
}

// The same while this store writes and reads all the time: none of its own commits hides
// another's.
func TestOthersRevocationAmongOwnWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	ours, other := open(t, path, time.Now), open(t, path, time.Now)
	ctx, stop := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	for i := range 4 {
		busy.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_, err := ours.Put(ctx, record(fmt.Sprintf("%d/%d", i, n)))
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				_, _ = ours.Grant(ctx, strconv.Itoa(n%40))
			}
		})
	}
	for i := range 40 {
		id, by := strconv.Itoa(i), other
		if i%4 == 0 {
			by = ours
		}
		putGrant(t, ours, id)
		if revoked(t, ours, id) {
			t.Fatal("revoked by nobody")
		}
		if err := by.RevokeGrant(t.Context(), id, time.Now()); err != nil {
			t.Fatal(err)
		}
		if !revoked(t, ours, id) || !revoked(t, other, id) {
			t.Fatalf("grant %s is in force after it was revoked", id)
		}
	}
	stop()
	busy.Wait()
}

// revokeEnv makes the test binary a process that revokes a grant.
const revokeEnv = "ACRHOST_TEST_REVOKE"

func revokeIn(path string) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path)
	if err == nil {
		err = errors.Join(db.RevokeGrant(ctx, "g", time.Now()), db.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestAnotherProcessRevokes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := open(t, path, time.Now)
	putGrant(t, db, "g")
	for range 2 {
		if revoked(t, db, "g") {
			t.Fatal("revoked by nobody")
		}
	}
	other := exec.CommandContext(t.Context(), os.Args[0])
	other.Env = append(os.Environ(), revokeEnv+"="+path)
	if said, err := other.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !revoked(t, db, "g") {
		t.Error("the grant that another process revoked is in force")
	}
}

// The index beside a link is not the file's: nobody would change it.
func TestOthersWritesAreSeenThroughALink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link.db")
	other := open(t, filepath.Join(dir, "a.db"), time.Now)
	if err := os.Symlink("a.db", link); err != nil {
		t.Skip(err)
	}
	// Such a file would be there if the link had been a database once.
	if err := os.WriteFile(link+"-shm", make([]byte, 1<<15), 0o600); err != nil {
		t.Fatal(err)
	}
	ours := open(t, link, time.Now)
	putGrant(t, ours, "g")
	for range 2 {
		if revoked(t, ours, "g") {
			t.Fatal("revoked by nobody")
		}
	}
	if err := other.RevokeGrant(t.Context(), "g", time.Now()); err != nil {
		t.Fatal(err)
	}
	if !revoked(t, ours, "g") {
		t.Error("the grant that another revoked is in force")
	}
}

// What callers do with what they get is their own.
func TestRememberedIsNotShared(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	putGrant(t, db, "g")
	put(t, db, "a")
	if _, err := db.PutUser(t.Context(), store.User{ID: "u", Name: "ada", Claims: map[string]any{"a": []any{"b", map[string]any{}}}}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		g, err := db.Grant(t.Context(), "g")
		if err != nil || g.Scope[0] != "openid" || *g.ACR != "1.0" || g.AMR[0] != "pwd" || string(g.Details) != "{}" {
			t.Fatal(g, err)
		}
		g.Scope[0], *g.ACR, g.AMR[0], g.Details[0] = "x", "x", "x", 'x'
		r, err := db.Get(t.Context(), store.Code, "a")
		if err != nil || string(r.Data) != "data" {
			t.Fatal(r, err)
		}
		r.Data[0] = 'x'
		u, err := db.User(t.Context(), "u")
		if err != nil {
			t.Fatal(err)
		}
		list := u.Claims["a"].([]any)
		if len(u.Claims) != 1 || list[0] != "b" || len(list[1].(map[string]any)) != 0 {
			t.Fatal(u)
		}
		list[0], list[1].(map[string]any)["x"], u.Claims["x"] = "x", "x", "x"
	}
}
