package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/clientkey"
)

// maxSector is the largest list of redirect URIs that is read, in bytes.
const maxSector = 64 << 10

// How long what stands at a sector_identifier_uri is believed, and how often it is asked
// for after a failure.
const (
	sectorKept  = 24 * time.Hour
	sectorRetry = 30 * time.Second
)

// ErrSector means that a client may not be in the sector that it names.
var ErrSector = errors.New("not in its sector")

// CheckSector reads the list at a sector_identifier_uri and sees to it that all redirect
// URIs stand in it, to the letter (OpenID Connect Core 8.1, Dynamic Registration 5):
// otherwise anybody could name another's sector and see its subjects.
func CheckSector(ctx context.Context, fetch *clientkey.Fetcher, uri string, redirectURIs []string) error {
	listed, err := fetchSector(ctx, fetch, uri)
	if err != nil {
		return err
	}
	for _, redirect := range redirectURIs {
		if !slices.Contains(listed, redirect) {
			return fmt.Errorf("redirect URI %.200q is not in the list at sector_identifier_uri: %w", redirect, ErrSector)
		}
	}
	return nil
}

func fetchSector(ctx context.Context, fetch *clientkey.Fetcher, uri string) ([]string, error) {
	text, err := fetch.Get(ctx, uri, maxSector)
	if err != nil {
		return nil, fmt.Errorf("fetch sector_identifier_uri: %w", err)
	}
	return parseSector(text)
}

// parseSector reads a list of redirect URIs: a JSON array of strings and nothing else.
func parseSector(text []byte) ([]string, error) {
	var listed []*string
	if err := json.Unmarshal(text, &listed); err != nil || listed == nil {
		return nil, fmt.Errorf("what stands at sector_identifier_uri is not a JSON array of strings: %w", ErrSector)
	}
	uris := make([]string, 0, len(listed))
	for _, uri := range listed {
		if uri == nil {
			return nil, fmt.Errorf("the list at sector_identifier_uri holds null: %w", ErrSector)
		}
		uris = append(uris, *uri)
	}
	return uris, nil
}

// sectors remembers the lists of configured clients, so that one request in a day waits
// for another's server.
type sectors struct {
	mu    sync.Mutex
	lists map[string]*sectorList // by address: as many as clients name
}

type sectorList struct {
	mu     sync.Mutex // held while it is fetched: others wait for that
	listed []string
	read   time.Time
	tried  time.Time
	err    error
}

func (s *sectors) list(uri string) *sectorList {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lists == nil {
		s.lists = map[string]*sectorList{}
	}
	if s.lists[uri] == nil {
		s.lists[uri] = &sectorList{}
	}
	return s.lists[uri]
}

// get is the list at an address, as it was read in the last day.
func (l *sectorList) get(now time.Time, fetch func() ([]string, error)) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.read.IsZero() && now.Sub(l.read) < sectorKept {
		return l.listed, nil
	}
	if l.tried.IsZero() || now.Sub(l.tried) >= sectorRetry {
		l.tried = now
		if l.listed, l.err = fetch(); l.err == nil {
			l.read = now
		}
	}
	if l.err != nil {
		return nil, l.err
	}
	return l.listed, nil
}

// checkSector: a client with a sector_identifier_uri gets pairwise subjects of that sector
// only at redirect URIs which the sector lists. It fails closed while the list can't be had.
func (p *Provider) checkSector(a *authorization) *Error {
	c := a.client
	if c.SubjectType != subjectPairwise || c.SectorIdentifierURI == "" || a.device != "" {
		return nil
	}
	listed, err := p.sectors.list(c.SectorIdentifierURI).get(p.Now(), func() ([]string, error) {
		// The fetcher bounds its time by itself, and others wait for it too.
		return fetchSector(context.Background(), p.fetcherOf(c), c.SectorIdentifierURI)
	})
	if err != nil {
		return serverError(err)
	}
	if !slices.Contains(listed, a.to.URI) {
		return unauthorizedClient().becausef("redirect URI %.200q: %w", a.to.URI, ErrSector)
	}
	return nil
}
