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
	"sync/atomic"
	"time"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/metrics"
	"github.com/acrhost/acrhost/host/oidc"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/resident"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
	"github.com/acrhost/acrhost/host/token"
)

// sweepEvery is how often what has expired is deleted.
const sweepEvery = time.Minute

// Options are what a configuration does not hold.
type Options struct {
	// Log gets what the host has to tell; nil: nothing is logged.
	Log *slog.Logger
	// StandardDigest pins the plugin named standard when the configuration does
	// not: sha256:<hex>, of the module that this program was built with.
	StandardDigest string
	// Development shows to the browser what went wrong in a step, with what the guest
	// logged, and says on every page that it is on. It is for who develops steps: Open
	// refuses it unless issuer and listen are loopback addresses.
	Development bool
	// Now is the clock of everything that lasts or expires; nil: time.Now.
	Now func() time.Time
}

// Host is the whole provider behind one http.Handler. It is safe for concurrent
// use; Close ends it.
type Host struct {
	options  Options
	fixed    fixed // of the configuration that it was opened with
	runtime  *plugin.Runtime
	store    store.Store
	sealer   *store.Sealer
	keys     *token.Keys
	salt     []byte // of pairwise subjects
	releases releases
	metrics  *metrics.Metrics
	circuits *circuits
	failures *failures // nil: nobody develops
	handler  atomic.Pointer[http.Handler]
	schedule atomic.Pointer[token.Schedule] // of the signing keys
	provider atomic.Pointer[oidc.Provider]  // of the configuration that is live

	idle    idle
	reload  sync.Mutex // held while a configuration goes live
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
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Host{options: o, fixed: fixedOf(cfg)}
	if o.Development {
		if err := mayDevelop(cfg); err != nil {
			return nil, err
		}
		h.failures = &failures{}
	}
	h.metrics = metrics.New(h.releases.states)
	h.circuits = newCircuits(o.Log, h.metrics)
	if err := h.open(ctx, cfg); err != nil {
		return nil, errors.Join(err, h.Close(ctx))
	}
	return h, nil
}

// Metrics serves what is counted, at metrics.Path. It is not part of what ServeHTTP
// answers: it tells when logins happen, so it belongs on an address of its own.
func (h *Host) Metrics() http.Handler { return h.metrics.Handler() }

// ServeHTTP answers a request by the configuration that is live.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.idle.asked()
	(*h.handler.Load()).ServeHTTP(w, r)
}

func (h *Host) open(ctx context.Context, cfg *config.Config) (err error) {
	if h.runtime, err = newRuntime(ctx, cfg, h.options, h.circuits.tell); err != nil {
		return err
	}
	h.onClose(h.runtime.Close)
	next, faults := loadChecked(ctx, h.runtime, cfg, h.options)
	if len(faults) > 0 {
		return faults
	}
	if h.store, err = backend.OpenWithClock(ctx, cfg.Store.DSN, h.options.Now); err != nil {
		return err
	}
	h.onClose(func(context.Context) error { return h.store.Close() })
	if h.sealer, err = store.OpenSealer(cfg.Store.SealKeyFile, os.Getenv(store.SealKeyEnv)); err != nil {
		return err
	}
	if h.keys, err = token.Open(ctx, h.store, h.sealer, h.options.Now); err != nil {
		return fmt.Errorf("open the signing keys: %w", err)
	}
	if h.salt, err = token.Secret(ctx, h.store, h.sealer, "pairwise"); err != nil {
		return err
	}
	if err := h.publish(ctx, cfg, next); err != nil {
		return err
	}
	life, stop := context.WithCancel(context.Background())
	h.stop = stop
	h.done.Go(func() { h.circuits.keep(life, h.store) })
	h.done.Go(func() { h.sweep(life) })
	h.done.Go(func() { h.keepKeys(life) })
	h.done.Go(func() { h.tellLogouts(life) })
	h.done.Go(func() { h.idle.watch(life, resident.Release) })
	return nil
}

// publish puts a checked configuration live: new requests and new logins see all
// of it, or none.
func (h *Host) publish(ctx context.Context, cfg *config.Config, loaded []*loadedPlugin) error {
	p := parts{cfg: cfg, log: h.options.Log, now: h.options.Now, metrics: h.metrics, store: h.store, sealer: h.sealer, keys: h.keys, salt: h.salt, plugins: loaded, catalog: newCatalog(loaded), failures: h.failures}
	if err := twice(ctx, cfg, h.store); err != nil {
		return err
	}
	next, provider, handler, err := p.assemble(ctx, &h.releases)
	if err != nil {
		return err
	}
	h.releases.publish(next, time.Now())
	turns := schedule(cfg)
	h.schedule.Store(&turns)
	h.provider.Store(provider)
	h.handler.Store(&handler)
	return nil
}

// Reload puts another configuration live without interrupting anybody: a login
// under way ends on the release that it began on. One that does not pass comes
// back as config.Faults, and what is live stays.
func (h *Host) Reload(ctx context.Context, cfg *config.Config) error {
	h.reload.Lock()
	defer h.reload.Unlock()
	if changed := h.fixed.changed(fixedOf(cfg)); changed != "" {
		return fmt.Errorf("%s changed: that takes a restart; nothing else of the new configuration was taken over", changed)
	}
	loaded, faults := loadChecked(ctx, h.runtime, cfg, h.options)
	if len(faults) > 0 {
		return faults
	}
	if err := h.publish(ctx, cfg, loaded); err != nil {
		return errors.Join(err, closePlugins(ctx, loaded))
	}
	return nil
}

// fixed is what of a configuration a running host can't change.
type fixed struct{ issuer, listen, metrics, mtls, dsn, sealKeyFile string }

func fixedOf(cfg *config.Config) fixed {
	return fixed{cfg.Issuer, cfg.Listen, cfg.Metrics.Listen, cfg.MTLS.Listen, cfg.Store.DSN, cfg.Store.SealKeyFile}
}

func (f fixed) changed(next fixed) string {
	switch {
	case f.issuer != next.issuer:
		return "issuer"
	case f.listen != next.listen:
		return "listen"
	case f.metrics != next.metrics:
		return "metrics.listen"
	case f.mtls != next.mtls:
		return "mtls.listen"
	case f.dsn != next.dsn:
		return "store.dsn"
	case f.sealKeyFile != next.sealKeyFile:
		return "store.seal_key_file"
	}
	return ""
}

func newRuntime(ctx context.Context, cfg *config.Config, o Options, onBreaker func(plugin.BreakerEvent)) (*plugin.Runtime, error) {
	runtime, err := plugin.New(ctx, plugin.Config{
		CacheDir: cfg.CacheDir, Log: o.Log, Capabilities: capability.Names(), Untimed: capability.Untimed(), OnBreaker: onBreaker,
	})
	if err != nil {
		return nil, fmt.Errorf("start the plugin runtime: %w", err)
	}
	return runtime, nil
}

// sweep deletes what has expired, now and then, until ctx ends.
func (h *Host) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			h.sweepOnce(ctx, now)
		}
	}
}

func (h *Host) sweepOnce(ctx context.Context, now time.Time) {
	log := h.options.Log
	if err := h.releases.prune(ctx, now); err != nil {
		log.WarnContext(ctx, "close the plugins of an old release", "error", err)
	}
	n, err := h.store.Sweep(ctx)
	if err != nil {
		log.WarnContext(ctx, "sweep the store", "error", err)
	} else if n > 0 {
		log.DebugContext(ctx, "swept the store", "records", n)
	}
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
