package factor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// ceremonyTime is how long the second half of a ceremony may come after the first.
const ceremonyTime = 10 * time.Minute

// begin keeps the first half of a ceremony of a run: sealed, for it may be a secret,
// and in place of one that was begun before.
func (s *Service) begin(ctx context.Context, run, ceremony string, half any) error {
	id := ceremonyID(run, ceremony)
	if _, err := s.Artifacts.Take(ctx, store.Ceremony, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("drop the %s before: %w", ceremony, err)
	}
	plain, err := json.Marshal(half)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ceremony, err)
	}
	_, err = s.Artifacts.Put(ctx, store.Record{
		Kind: store.Ceremony, ID: id, Group: run, Data: s.Sealer.Seal(string(store.Ceremony), id, plain),
		ExpiresAt: s.Now().Add(ceremonyTime),
	})
	if err != nil {
		return fmt.Errorf("keep %s: %w", ceremony, err)
	}
	return nil
}

// look reads the first half of a ceremony; store.ErrNotFound when the run has begun
// none, or too long ago.
func (s *Service) look(ctx context.Context, run, ceremony string, half any) error {
	r, err := s.Artifacts.Get(ctx, store.Ceremony, ceremonyID(run, ceremony))
	return s.open(r, ceremony, half, err)
}

// take ends a ceremony: of any number of callers one gets its first half.
func (s *Service) take(ctx context.Context, run, ceremony string, half any) error {
	r, err := s.Artifacts.Take(ctx, store.Ceremony, ceremonyID(run, ceremony))
	return s.open(r, ceremony, half, err)
}

func (s *Service) open(r store.Record, ceremony string, half any, err error) error {
	if err != nil {
		return fmt.Errorf("read %s: %w", ceremony, err)
	}
	plain, err := s.Sealer.Open(string(store.Ceremony), r.ID, r.Data)
	if err != nil {
		return fmt.Errorf("open %s: %w", ceremony, err)
	}
	if err := json.Unmarshal(plain, half); err != nil {
		return fmt.Errorf("decode %s: %w", ceremony, err)
	}
	return nil
}

// ceremonyID names the one ceremony of its kind that a run can have under way.
func ceremonyID(run, ceremony string) string { return run + ":" + ceremony }
