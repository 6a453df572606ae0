package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

// sweepEvery is how often what has expired is deleted from the store.
const sweepEvery = time.Minute

// Options are what a configuration does not hold.
type Options struct {
	// Log gets what the host has to tell; nil: nothing is logged.
	Log *slog.Logger
	// StandardDigest pins the plugin named standard when the configuration does
	// not: sha256:<hex>, of the module that this program was built with.
	StandardDigest string
}

// Host is the whole provider behind one http.Handler. It is safe for concurrent
// use; Close ends it.
type Host struct {
	http.Handler
	closers []func(context.Context) error
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// Open builds the provider that a configuration describes and makes it ready to
// serve: the store is opened, keys are made if there are none, plugins are loaded
// and journeys are checked. A configuration that does not pass comes back as
// config.Faults, all of them.
func Open(ctx context.Context, cfg *config.Config, o Options) (*Host, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Host{}
	if err := h.open(ctx, cfg, o); err != nil {
		return nil, errors.Join(err, h.Close(ctx))
	}
	return h, nil
}

func (h *Host) open(ctx context.Context, cfg *config.Config, o Options) error {
	runtime, err := newRuntime(ctx, cfg, o)
	if err != nil {
		return err
	}
	h.onClose(runtime.Close)
	loaded, faults := loadPlugins(ctx, runtime, cfg, o.StandardDigest)
	if faults = append(faults, checkJourneys(cfg, newCatalog(loaded))...); len(faults) > 0 {
		return faults.Sort()
	}
	s, err := backend.Open(ctx, cfg.Store.DSN)
	if err != nil {
		return err
	}
	h.onClose(func(context.Context) error { return s.Close() })
	sealer, err := store.OpenSealer(cfg.Store.SealKeyFile, os.Getenv(store.SealKeyEnv))
	if err != nil {
		return err
	}
	if h.Handler, err = assemble(ctx, parts{cfg: cfg, log: o.Log, store: s, sealer: sealer, catalog: newCatalog(loaded)}); err != nil {
		return err
	}
	h.sweep(s, o.Log)
	return nil
}

func newRuntime(ctx context.Context, cfg *config.Config, o Options) (*plugin.Runtime, error) {
	runtime, err := plugin.New(ctx, plugin.Config{CacheDir: cfg.CacheDir, Log: o.Log, Capabilities: capability.Names(), Untimed: capability.Untimed()})
	if err != nil {
		return nil, fmt.Errorf("start the plugin runtime: %w", err)
	}
	return runtime, nil
}

// Check loads the plugins of a configuration and checks its journeys against
// them, without opening the store. All that is wrong comes back as config.Faults.
func Check(ctx context.Context, cfg *config.Config, o Options) error {
	runtime, err := newRuntime(ctx, cfg, o)
	if err != nil {
		return err
	}
	loaded, faults := loadPlugins(ctx, runtime, cfg, o.StandardDigest)
	faults = append(faults, checkJourneys(cfg, newCatalog(loaded))...)
	if err := runtime.Close(ctx); err != nil {
		return fmt.Errorf("stop the plugin runtime: %w", err)
	}
	if len(faults) > 0 {
		return faults.Sort()
	}
	return nil
}

// sweep deletes what has expired, now and then, until Close.
func (h *Host) sweep(s store.Artifacts, log *slog.Logger) {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	h.done.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if n, err := s.Sweep(ctx); err != nil {
				log.WarnContext(ctx, "sweep the store", "error", err)
			} else if n > 0 {
				log.DebugContext(ctx, "swept the store", "records", n)
			}
		}
	})
}

func (h *Host) onClose(f func(context.Context) error) { h.closers = append(h.closers, f) }

// Close ends what Open began, in reverse. Requests must have ended before.
func (h *Host) Close(ctx context.Context) error {
	if h.stop != nil {
		h.stop()
	}
	h.done.Wait()
	var errs []error
	for _, closeOne := range slices.Backward(h.closers) {
		errs = append(errs, closeOne(ctx))
	}
	h.closers = nil
	return errors.Join(errs...)
}
