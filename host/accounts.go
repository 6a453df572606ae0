package host

import (
	"context"
	"errors"
	"time"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store/backend"
)

// WithAccounts opens the configured store for as long as do works on its
// accounts. No plugin is loaded and nothing is served.
func WithAccounts(ctx context.Context, cfg *config.Config, do func(context.Context, *account.Service) error) error {
	s, err := backend.Open(ctx, cfg.Store.DSN)
	if err != nil {
		return err
	}
	accounts, err := newAccounts(cfg, s, nil, time.Now)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(do(ctx, accounts), s.Close())
}
