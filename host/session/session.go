package session

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
)

// Session is one SSO session.
type Session struct {
	Key string // of its record in the store; not the cookie's secret
	// ID stays the same when Key changes, for as long as the user does. It is not for
	// others: each client gets its own of it.
	ID        string
	UserID    string
	StartedAt time.Time // when this user's first login in it was
	ExpiresAt time.Time
	Place     Place // where it got its id
	// Evidence is what was verified of the user, oldest first. Evidence older than
	// the session's lifetime is not in it.
	Evidence []journey.Evidence
}

// Place is where a session got its id, as the network and the browser said. It is
// for its user to recognise, and proves nothing.
type Place struct {
	Address   string `json:"address,omitzero"`
	UserAgent string `json:"user_agent,omitzero"`
}

// The bounds of a place, in bytes.
const (
	maxAddress   = 64
	maxUserAgent = 512
)

func (p Place) bounded() Place {
	return Place{Address: cut(p.Address, maxAddress), UserAgent: cut(p.UserAgent, maxUserAgent)}
}

func cut(s string, size int) string {
	return strings.ToValidUTF8(s[:min(size, len(s))], "\uFFFD")
}

// record is a session as it is stored.
type record struct {
	Place
	ID        string             `json:"id,omitzero"`
	UserID    string             `json:"user_id"`
	StartedAt time.Time          `json:"started_at"`
	Evidence  []journey.Evidence `json:"evidence"`
}

// sessionID is that of a session; one of before there were any has its key.
func (r record) sessionID(stored store.Record) string { return cmp.Or(r.ID, stored.ID) }

// merge keeps the latest of each method: an older password says nothing that a
// newer one does not.
func merge(kept, added []journey.Evidence) []journey.Evidence {
	var all []journey.Evidence
	for _, e := range slices.Concat(kept, added) {
		e.Session = false // says something of one run only
		i := slices.IndexFunc(all, func(have journey.Evidence) bool {
			return have.Method == e.Method && slices.Equal(have.AMR, e.AMR) && have.Asserted == e.Asserted
		})
		switch {
		case i < 0:
			all = append(all, e)
		case !e.At.Before(all[i].At):
			all = append(slices.Delete(all, i, i+1), e)
		}
	}
	slices.SortStableFunc(all, func(a, b journey.Evidence) int { return a.At.Compare(b.At) })
	return all
}

// since leaves out what was verified before a time.
func since(t time.Time, all []journey.Evidence) []journey.Evidence {
	return slices.DeleteFunc(slices.Clone(all), func(e journey.Evidence) bool { return e.At.Before(t) })
}
