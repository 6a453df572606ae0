package storetest

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

func clients(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, *clock){
		"a client is kept":                               clientIsKept,
		"a client changes by its version":                clientVersions,
		"clients are listed by id":                       clientList,
		"a removed client takes its grants and consents": clientRemoved,
		"attack: many register at once":                  clientsAreBounded,
	} {
		t.Run(name, func(t *testing.T) {
			s, c := begin(t, open)
			test(t, s, c)
		})
	}
}

func client(id string) store.Client {
	return store.Client{
		ID: id, Registered: true, Settings: []byte(`{"name":"N"}`), Metadata: []byte(`{"client_name":"N"}`),
		SecretHash: []byte{1, 2}, TokenHash: []byte{3}, CreatedAt: start, UpdatedAt: start.Add(time.Second),
	}
}

func clientIsKept(t *testing.T, s store.Store, _ *clock) {
	for _, want := range []store.Client{client("full"), {ID: "bare", Settings: []byte(`{}`), CreatedAt: start, UpdatedAt: start}} {
		version, err := s.PutClient(t.Context(), want, 0)
		must(t, err)
		want.Version = version
		got, err := s.Client(t.Context(), want.ID)
		must(t, err)
		equal(t, got, want)
	}
	if _, err := s.Client(t.Context(), "FULL"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("in other letters: %v, want ErrNotFound", err)
	}
}

func clientVersions(t *testing.T, s store.Store, _ *clock) {
	c := client("c")
	first, err := s.PutClient(t.Context(), c, 1)
	must(t, err)
	if _, err := s.PutClient(t.Context(), c, 0); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second one: %v, want ErrConflict", err)
	}
	c.Version, c.SecretHash = first, nil
	second, err := s.PutClient(t.Context(), c, 1) // there is room for what is there
	must(t, err)
	if _, err := s.PutClient(t.Context(), c, 0); !errors.Is(err, store.ErrConflict) {
		t.Errorf("an old version: %v, want ErrConflict", err)
	}
	c.Version = second
	got, err := s.Client(t.Context(), "c")
	must(t, err)
	equal(t, got, c)
}

func clientList(t *testing.T, s store.Store, _ *clock) {
	for _, id := range []string{"b", "c", "a"} {
		_, err := s.PutClient(t.Context(), client(id), 0)
		must(t, err)
	}
	for _, row := range []struct {
		after string
		limit int
		want  []string
	}{{"", 9, []string{"a", "b", "c"}}, {"a", 1, []string{"b"}}, {"c", 9, nil}, {"", 0, nil}, {"", -1, nil}} {
		found, err := s.ListClients(t.Context(), row.after, row.limit)
		must(t, err)
		var ids []string
		for _, c := range found {
			ids = append(ids, c.ID)
		}
		equal(t, ids, row.want)
	}
}

func clientRemoved(t *testing.T, s store.Store, _ *clock) {
	for _, id := range []string{"c", "d"} {
		_, err := s.PutClient(t.Context(), client(id), 0)
		must(t, err)
	}
	consentingUsers(t, s)
	grantsOfClients(t, s)
	n, err := s.RemoveClient(t.Context(), "c", start.Add(time.Second))
	must(t, err)
	equal(t, n, 2)
	grantsInForce(t, s, map[string]bool{"c-u": false, "c-v": false, "d-u": true, "c-expired": false})
	if _, err := s.Client(t.Context(), "c"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the client: %v, want ErrNotFound", err)
	}
	if _, err := s.Consent(t.Context(), "u", "c"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the consent: %v, want ErrNotFound", err)
	}
	_, err = s.Consent(t.Context(), "u", "d")
	must(t, err)
	if _, err := s.RemoveClient(t.Context(), "c", start); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second time: %v, want ErrNotFound", err)
	}
}

func clientsAreBounded(t *testing.T, s store.Store, _ *clock) {
	const most, many = 5, 20
	var all sync.WaitGroup
	var in atomic.Int64
	for i := range many {
		all.Go(func() {
			switch _, err := s.PutClient(t.Context(), client("c"+strconv.Itoa(i)), most); {
			case err == nil:
				in.Add(1)
			case !errors.Is(err, store.ErrFull):
				t.Error(err)
			}
		})
	}
	all.Wait()
	equal(t, in.Load(), int64(most))
	operators := client("operator's")
	operators.Registered = false
	_, err := s.PutClient(t.Context(), operators, most)
	must(t, err)
}
