package session_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

// A session has one ID while its user stays, and another user's has another.
func TestID(t *testing.T) {
	s := &session.Store{Artifacts: memory.New()}
	first, _, err := s.Renew(t.Context(), nil, "alice", session.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := s.Renew(t.Context(), first, "alice", session.Place{}, nil)
	if err != nil || second.ID != first.ID || second.ID == "" || second.Key == first.Key {
		t.Errorf("renewed: %+v, before %+v, %v", second, first, err)
	}
	third, _, err := s.Renew(t.Context(), second, "bob", session.Place{}, nil)
	if err != nil || third.ID == first.ID {
		t.Errorf("bob's: %+v, %v", third, err)
	}
}

// The clients of a session are announced once, when it ends and not before.
func TestParties(t *testing.T) {
	artifacts := memory.New()
	s := &session.Store{Artifacts: artifacts}
	one, _, err := s.Renew(t.Context(), nil, "alice", session.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{"a", "b", "a"} {
		if err := s.Join(t.Context(), one.ID, session.Party{Client: client}); err != nil {
			t.Fatal(err)
		}
	}
	clients, err := s.Parties(t.Context(), one.ID)
	slices.SortFunc(clients, func(a, b session.Party) int { return strings.Compare(a.Client, b.Client) })
	if err != nil || !slices.Equal(clients, []session.Party{{Client: "a"}, {Client: "b"}}) {
		t.Errorf("clients %v, %v", clients, err)
	}
	announced := func() int {
		found, err := artifacts.Group(t.Context(), store.Logout, session.Fresh, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			if left := time.Until(r.ExpiresAt); left > session.LogoutTime {
				t.Errorf("kept for %s", left)
			}
		}
		return len(found)
	}
	if n := announced(); n != 0 {
		t.Errorf("%d announced before the end", n)
	}
	for range 2 {
		if _, err := s.EndOthers(t.Context(), "alice", ""); err != nil {
			t.Fatal(err)
		}
		if n := announced(); n != 2 {
			t.Errorf("%d announced, want 2", n)
		}
	}
	if clients, err := s.Parties(t.Context(), one.ID); err != nil || len(clients) != 0 {
		t.Errorf("clients of a session that is over: %v, %v", clients, err)
	}
}
