package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func artifacts(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"a record comes back as it was":            recordComesBack,
		"what a caller holds is not the store's":   recordIsCopied,
		"kinds are apart":                          kindsAreApart,
		"a version that is not the stored one":     versions,
		"a record without an end is refused":       recordNeedsExpiry,
		"an expired record is gone":                recordExpires,
		"an expired record makes room":             expiredMakesRoom,
		"a record is taken once":                   takenOnce,
		"a group is listed, of one kind":           groupIsListed,
		"a group is deleted, of every kind":        groupIsDeleted,
		"a record that moved leaves its old group": recordMovesGroup,
		"a sweep deletes what has expired":         sweep,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

func record(id, group string) store.Record {
	return store.Record{Kind: store.Code, ID: id, Group: group, Data: []byte("data of " + id), ExpiresAt: start.Add(time.Minute)}
}

func recordComesBack(t *testing.T, s store.Store, _ *clock) {
	for _, r := range []store.Record{
		record("plain", "group"),
		{Kind: store.Run, ID: "no data", ExpiresAt: start.Add(time.Minute)},
		{Kind: store.Run, ID: "any bytes", Data: []byte{0, 0xff, '\'', 0}, ExpiresAt: start.Add(time.Minute)},
		{Kind: store.Run, ID: "'; drop table artifact; --\x00é", Group: "%", Data: []byte("x"), ExpiresAt: start.Add(time.Minute)},
		{Kind: store.Session, ID: "", Data: make([]byte, 20_000), ExpiresAt: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{Kind: store.Session, ID: "another zone", ExpiresAt: start.Add(time.Hour).In(time.FixedZone("east", 7200))},
		{Kind: store.Session, ID: "finer than kept", ExpiresAt: start.Add(time.Hour + time.Nanosecond)},
	} {
		version, err := s.Put(t.Context(), r)
		must(t, err)
		if version < 1 {
			t.Errorf("%q has version %d", r.ID, version)
		}
		got, err := s.Get(t.Context(), r.Kind, r.ID)
		must(t, err)
		r.Version = version
		r.ExpiresAt = r.ExpiresAt.UTC().Truncate(time.Microsecond)
		equal(t, got, r)
		if got.ExpiresAt.Location() != time.UTC {
			t.Errorf("%q: the time came back in %v", r.ID, got.ExpiresAt.Location())
		}
	}
	if _, err := s.Get(t.Context(), store.Code, "absent"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an absent record: %v, want ErrNotFound", err)
	}
}

func recordIsCopied(t *testing.T, s store.Store, _ *clock) {
	r := record("a", "")
	_, err := s.Put(t.Context(), r)
	must(t, err)
	r.Data[0] = 'X'
	got, err := s.Get(t.Context(), r.Kind, "a")
	must(t, err)
	equal(t, string(got.Data), "data of a")
	got.Data[0] = 'Y'
	got, err = s.Get(t.Context(), r.Kind, "a")
	must(t, err)
	equal(t, string(got.Data), "data of a")
}

func kindsAreApart(t *testing.T, s store.Store, _ *clock) {
	code, spent := record("a", ""), record("a", "")
	spent.Kind = store.Spent
	spent.Data = []byte("spent")
	for _, r := range []store.Record{code, spent} {
		_, err := s.Put(t.Context(), r)
		must(t, err)
	}
	_, err := s.Take(t.Context(), store.Code, "a")
	must(t, err)
	got, err := s.Get(t.Context(), store.Spent, "a")
	must(t, err)
	equal(t, string(got.Data), "spent")
}

func versions(t *testing.T, s store.Store, _ *clock) {
	r := record("a", "")
	first, err := s.Put(t.Context(), r)
	must(t, err)
	conflict := func(version int64) {
		t.Helper()
		other := record("a", "other group")
		other.Data, other.Version = []byte("other"), version
		if _, err := s.Put(t.Context(), other); !errors.Is(err, store.ErrConflict) {
			t.Errorf("Put with version %d: %v, want ErrConflict", version, err)
		}
	}
	for _, version := range []int64{0, first + 1, -1} {
		conflict(version)
	}
	r.Version, r.Data = first, []byte("second")
	second, err := s.Put(t.Context(), r)
	must(t, err)
	if second <= first {
		t.Errorf("version %d follows %d", second, first)
	}
	conflict(first)
	got, err := s.Get(t.Context(), r.Kind, "a")
	must(t, err)
	r.Version = second
	equal(t, got, r)

	absent := record("absent", "")
	absent.Version = 1
	if _, err := s.Put(t.Context(), absent); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put of a new version of an absent record: %v, want ErrConflict", err)
	}
}

func recordNeedsExpiry(t *testing.T, s store.Store, _ *clock) {
	if _, err := s.Put(t.Context(), store.Record{Kind: store.Code, ID: "a"}); !errors.Is(err, store.ErrNoExpiry) {
		t.Errorf("Put: %v, want ErrNoExpiry", err)
	}
}

func recordExpires(t *testing.T, s store.Store, c *clock) {
	version, err := s.Put(t.Context(), record("a", "group"))
	must(t, err)
	c.advance(time.Minute - time.Microsecond)
	_, err = s.Get(t.Context(), store.Code, "a")
	must(t, err)
	c.advance(time.Microsecond)
	if _, err := s.Get(t.Context(), store.Code, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get: %v, want ErrNotFound", err)
	}
	if _, err := s.Take(t.Context(), store.Code, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Take: %v, want ErrNotFound", err)
	}
	again := record("a", "group")
	again.Version, again.ExpiresAt = version, start.Add(time.Hour)
	if _, err := s.Put(t.Context(), again); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put brought an expired record back: %v, want ErrConflict", err)
	}
}

func expiredMakesRoom(t *testing.T, s store.Store, c *clock) {
	old, err := s.Put(t.Context(), record("a", "old"))
	must(t, err)
	c.advance(time.Hour)
	r := record("a", "new")
	r.ExpiresAt = c.now().Add(time.Minute)
	version, err := s.Put(t.Context(), r)
	must(t, err)
	if version == old {
		t.Error("who holds the expired record could overwrite the new one")
	}
	n, err := s.DeleteGroup(t.Context(), "old")
	must(t, err)
	equal(t, n, 0)
	_, err = s.Get(t.Context(), store.Code, "a")
	must(t, err)
}

func takenOnce(t *testing.T, s store.Store, _ *clock) {
	r := record("a", "group")
	version, err := s.Put(t.Context(), r)
	must(t, err)
	got, err := s.Take(t.Context(), store.Code, "a")
	must(t, err)
	r.Version = version
	equal(t, got, r)
	if _, err := s.Take(t.Context(), store.Code, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second Take: %v, want ErrNotFound", err)
	}
	if _, err := s.Get(t.Context(), store.Code, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get after Take: %v, want ErrNotFound", err)
	}
	n, err := s.DeleteGroup(t.Context(), "group")
	must(t, err)
	equal(t, n, 0)
}

func groupIsListed(t *testing.T, s store.Store, c *clock) {
	refresh := record("b", "group")
	refresh.Kind = store.Refresh
	ends := record("e", "group")
	ends.ExpiresAt = start.Add(time.Second)
	for _, r := range []store.Record{record("c", "group"), record("a", "group"), refresh, ends, record("f", "other"), record("d", "")} {
		_, err := s.Put(t.Context(), r)
		must(t, err)
	}
	c.advance(time.Second)
	first, second := record("a", "group"), record("c", "group")
	first.Version, second.Version = 1, 1
	for _, test := range []struct {
		group string
		limit int
		want  []store.Record
	}{
		{"group", 10, []store.Record{first, second}},
		{"group", 1, []store.Record{first}},
		{"group", 0, nil},
		{"group", -1, nil},
		{"absent", 10, nil},
		{"", 10, nil}, // no group is not a group
	} {
		got, err := s.Group(t.Context(), store.Code, test.group, test.limit)
		must(t, err)
		equal(t, got, test.want)
	}
	got, err := s.Group(t.Context(), store.Code, "group", 1)
	must(t, err)
	got[0].Data[0] = 'X'
	again, err := s.Get(t.Context(), store.Code, "a")
	must(t, err)
	equal(t, string(again.Data), "data of a")
}

func groupIsDeleted(t *testing.T, s store.Store, _ *clock) {
	refresh := record("b", "group")
	refresh.Kind = store.Refresh
	for _, r := range []store.Record{record("a", "group"), refresh, record("c", "other"), record("d", "")} {
		_, err := s.Put(t.Context(), r)
		must(t, err)
	}
	n, err := s.DeleteGroup(t.Context(), "group")
	must(t, err)
	equal(t, n, 2)
	for id, want := range map[string]error{"a": store.ErrNotFound, "c": nil, "d": nil} {
		if _, err := s.Get(t.Context(), store.Code, id); !errors.Is(err, want) {
			t.Errorf("Get(%s): %v, want %v", id, err, want)
		}
	}
	if _, err := s.Get(t.Context(), store.Refresh, "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get(b): %v, want ErrNotFound", err)
	}
	// No group is not a group.
	n, err = s.DeleteGroup(t.Context(), "")
	must(t, err)
	equal(t, n, 0)
	_, err = s.Get(t.Context(), store.Code, "d")
	must(t, err)
}

func recordMovesGroup(t *testing.T, s store.Store, _ *clock) {
	r := record("a", "old")
	version, err := s.Put(t.Context(), r)
	must(t, err)
	r.Group, r.Version = "new", version
	_, err = s.Put(t.Context(), r)
	must(t, err)
	for group, want := range map[string]int{"old": 0, "new": 1} {
		n, err := s.DeleteGroup(t.Context(), group)
		must(t, err)
		if n != want {
			t.Errorf("group %s had %d records, want %d", group, n, want)
		}
	}
}

func sweep(t *testing.T, s store.Store, c *clock) {
	for _, id := range []string{"a", "b"} {
		_, err := s.Put(t.Context(), record(id, "group"))
		must(t, err)
	}
	later := record("later", "group")
	later.ExpiresAt = start.Add(time.Hour)
	_, err := s.Put(t.Context(), later)
	must(t, err)
	must(t, s.PutGrant(t.Context(), store.Grant{ID: "g", ExpiresAt: start.Add(time.Minute)}))
	must(t, s.PutGrant(t.Context(), store.Grant{ID: "h", ExpiresAt: start.Add(time.Hour)}))
	for _, want := range []int{0, 3, 0} {
		n, err := s.Sweep(t.Context())
		must(t, err)
		equal(t, n, want)
		c.advance(time.Minute)
	}
	_, err = s.Get(t.Context(), store.Code, "later")
	must(t, err)
	_, err = s.Grant(t.Context(), "h")
	must(t, err)
	must(t, s.PutGrant(t.Context(), store.Grant{ID: "g", ExpiresAt: start.Add(time.Hour)}))
}
