package session_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
)

// open are the sessions of a user that are listed, and that their cookies open.
func (r *rig) open(user string, cookies map[string]*http.Cookie) []string {
	r.t.Helper()
	all, err := r.Of(r.t.Context(), user)
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, s := range all {
		for name, c := range cookies {
			if store.Key(c.Value) != s.Key {
				continue
			}
			if diff := cmp.Diff(r.lookup(c), s); diff != "" {
				r.t.Errorf("%s (-looked up +listed):\n%s", name, diff)
			}
			names = append(names, name)
		}
	}
	return names
}

func TestListAndEnd(t *testing.T) {
	r := newRig(t)
	cookies := map[string]*http.Cookie{}
	begin := func(name, user string) *session.Session {
		s, c := r.renew(nil, user, proof("pwd", 0))
		cookies[name] = c
		r.now = r.now.Add(time.Minute)
		return s
	}
	first, _, _ := begin("first", "alice"), begin("second", "alice"), begin("third", "alice")
	bobs := begin("bob's", "bob")
	want := func(user string, names ...string) {
		t.Helper()
		if diff := cmp.Diff(names, r.open(user, cookies)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", user, diff)
		}
	}
	want("alice", "third", "second", "first")
	want("bob", "bob's")
	want("nobody")

	// A session of another user.
	for _, key := range []string{bobs.Key, "", "absent", cookies["bob's"].Value} {
		if err := r.EndOf(t.Context(), "alice", key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if err := r.EndOf(t.Context(), "alice", first.Key); err != nil {
		t.Fatal(err)
	}
	want("alice", "third", "second")
	n, err := r.EndOthers(t.Context(), "alice", store.Key(cookies["second"].Value))
	if n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	want("alice", "second")
	want("bob", "bob's")
	r.now = r.now.Add(time.Hour)
	want("alice")
}

// Who has more sessions than are listed ends them all the same.
func TestEndVeryMany(t *testing.T) {
	r := newRig(t)
	mine, _ := r.renew(nil, "alice", proof("pwd", 0))
	for range 2*session.MaxListed + 5 {
		r.renew(nil, "alice", proof("pwd", 0))
	}
	n, err := r.EndOthers(t.Context(), "alice", mine.Key)
	if n != 2*session.MaxListed+5 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	all, err := r.Of(t.Context(), "alice")
	if err != nil || len(all) != 1 || all[0].Key != mine.Key {
		t.Errorf("left %v, %v", all, err)
	}
}

// What a browser says of itself has a limit, and is text.
func TestPlaceIsBounded(t *testing.T) {
	r := newRig(t)
	s, c, err := r.Renew(t.Context(), nil, "alice", session.Place{Address: strings.Repeat("é", 900), UserAgent: "\xff" + strings.Repeat("é", 900)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.lookup(c).Place; p != s.Place || len(p.Address) > 70 || len(p.UserAgent) > 520 || !utf8.ValidString(p.Address+p.UserAgent) {
		t.Errorf("place %q", p)
	}
}
