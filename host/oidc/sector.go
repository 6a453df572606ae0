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
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/registration"
	"github.com/acrhost/acrhost/host/relying"
)

// The largest list of redirect URIs that is read, in bytes and in URIs, and how many lists
// are remembered: whoever may register can name ever new ones, and must not fill the memory.
const (
	maxSector     = 64 << 10
	maxSectorURIs = 2000
	maxSectors    = 256
)

// How long what stands at a sector_identifier_uri is believed, and how often it is asked
// for after a failure.
const (
	sectorKept  = 24 * time.Hour
	sectorRetry = 30 * time.Second
)

// ErrSector means that a client may not be in the sector that it names.
var ErrSector = errors.New("not in its sector")

// checkRegisteredSector keeps a client that registers itself out of sectors that are not
// its own: it would see the subjects of that one's users. A redirect URI shows whose it is
// only where answers go there, so a client with one has no other way to a user, and none to
// hear of one: a logout token names them. Those at another's sector_identifier_uri must all
// stand in the list there, to the letter, and the registration fails otherwise (OpenID
// Connect Dynamic Registration 1.0 section 5). They must be https: any app can listen at a
// loopback address, or claim a scheme.
func (p *Provider) checkRegisteredSector(ctx context.Context, c config.Client) error {
	if c.SubjectType != subjectPairwise || c.SectorIdentifierURI == "" && len(c.RedirectURIs) == 0 {
		return nil
	}
	for _, grant := range []string{grantDevice, grantExchange} {
		if slices.Contains(c.GrantTypes, grant) {
			return badRequest(registration.InvalidMetadata, "Pairwise subjects of a sector do not go with the grant type "+grant+": register another client for it, without redirect_uris.")
		}
	}
	if uri := c.BackchannelLogoutURI; uri != "" && !relying.IsAtHome(c.RedirectURIs, uri) {
		return badRequest(registration.InvalidMetadata, "With pairwise subjects the backchannel_logout_uri must be https at the host of one of the redirect_uris: a logout token names the user.")
	}
	if c.SectorIdentifierURI == "" {
		return nil
	}
	if slices.ContainsFunc(c.RedirectURIs, isApps) {
		return badRequest(registration.InvalidMetadata, "With a sector_identifier_uri all redirect_uris must be https.")
	}
	listed, err := fetchSector(ctx, p.FetchForeign, c.SectorIdentifierURI)
	if err != nil {
		return badRequest(registration.InvalidMetadata, "The list at sector_identifier_uri can't be had or read.").because(err)
	}
	for _, redirect := range c.RedirectURIs {
		if !slices.Contains(listed, redirect) {
			return badRequest(registration.InvalidMetadata, "A redirect URI is not in the list at sector_identifier_uri.").becausef("redirect URI %.200q: %w", redirect, ErrSector)
		}
	}
	if len(c.RedirectURIs) == 0 {
		return badRequest(registration.InvalidMetadata, "A client with a sector_identifier_uri needs redirect_uris that stand there.")
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
	if len(listed) > maxSectorURIs {
		return nil, fmt.Errorf("the list at sector_identifier_uri holds %d redirect URIs, %d are allowed: %w", len(listed), maxSectorURIs, ErrSector)
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
	lists map[string]*sectorList // by address
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
	if s.lists == nil || s.lists[uri] == nil && len(s.lists) >= maxSectors {
		s.lists = map[string]*sectorList{} // all of them can be read again
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
