package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/selfservice"
)

// drainTime is how long a stop waits for requests under way. What is not
// finished by then stays in the store and goes on after the next start.
const drainTime = 10 * time.Second

// startGCPercent lets a start, which makes much garbage at once, collect it less often: a
// twentieth of its time.
const startGCPercent = 400

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the provider until SIGINT or SIGTERM",
		Long: `Serve checks the configuration and serves it until SIGINT or SIGTERM. Requests under
way are finished; logins under way stay in the store and go on after the next start.

SIGHUP reads the configuration again. One that passes the check goes live at once for
new logins, and those under way end on the journeys that they began on; one that does
not pass is logged, and what is live stays.

With --dev it does the same when the file of a plugin changes, and a step that goes wrong
is shown in the browser with what it logged. A plugin that is pinned by a digest may not
change then either. --dev needs a loopback issuer and a loopback listen address.`,
		Example: `  acrhost serve
  acrhost serve --dev
  acrhost serve --config /etc/acrhost/config.toml --listen 127.0.0.1:9090`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	listen := c.Flags().String("listen", "", "listen on this `address` instead of the configured one")
	dev := c.Flags().Bool("dev", false, "for who develops a step: take plugins as their files change, show errors; on loopback addresses only")
	c.RunE = func(c *cobra.Command, _ []string) error {
		load := func() (*config.Config, error) {
			cfg, err := config.Load(*path)
			if err == nil && *listen != "" {
				err = cfg.ListenOn(*listen)
			}
			return cfg, err
		}
		err := serving{out: c.OutOrStdout(), errOut: c.ErrOrStderr(), load: load, dev: *dev}.run(c.Context())
		if faults, ok := errors.AsType[config.Faults](err); ok {
			return printFaults(c, faults)
		}
		return err
	}
	return c
}

// serving is one run of serve.
type serving struct {
	out, errOut io.Writer
	load        func() (*config.Config, error)
	dev         bool
}

func (s serving) run(ctx context.Context) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	log := newLogger(s.errOut, cfg.Log)
	public, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (is another acrhost running? choose an address with --listen)", cfg.Listen, err)
	}
	defer public.Close()
	internal, err := listenForMetrics(cfg.Metrics)
	if err != nil {
		return err
	}
	defer internal.Close()
	forClients, err := listenForCertificates(cfg.MTLS)
	if err != nil {
		return err
	}
	defer forClients.Close()
	changes, err := watchPlugins(cfg, s.dev) // before they are read, so that no change is missed
	if err != nil {
		return err
	}
	defer changes.close()
	collect := debug.SetGCPercent(startGCPercent)
	h, err := host.Open(ctx, cfg, host.Options{Log: log, StandardDigest: standardDigest, Development: s.dev})
	debug.SetGCPercent(collect)
	if err != nil {
		return err
	}
	defer h.Close(context.WithoutCancel(ctx))
	stop := reloadOn(ctx, h, s.load, log, changes)
	defer stop()
	if s.dev {
		warnOfDevelopment(s.out)
	}
	greet(s.out, cfg, internal.address())
	sites := slices.Concat([]site{{public, h}}, internal.site(h.Metrics()), forClients.site(h))
	return serveUntilDone(ctx, log, sites)
}

// reloadOn puts the configuration live again at every SIGHUP, and when a plugin's file
// has changed that is watched, until it is stopped.
func reloadOn(ctx context.Context, h *host.Host, load func() (*config.Config, error), log *slog.Logger, changes pluginChanges) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
			case <-changes.told():
				log.InfoContext(ctx, "a plugin's file changed")
			}
			if err := reload(ctx, h, load); err != nil {
				log.ErrorContext(ctx, "configuration not reloaded; what is live stays", "error", err)
				continue
			}
			log.InfoContext(ctx, "configuration reloaded")
		}
	})
	return func() {
		signal.Stop(hangup)
		cancel()
		done.Wait()
	}
}

func reload(ctx context.Context, h *host.Host, load func() (*config.Config, error)) error {
	cfg, err := load()
	if err != nil {
		return err
	}
	return h.Reload(ctx, cfg)
}

// site is a handler and where it is served.
type site struct {
	listener net.Listener
	handler  http.Handler
}

// serveUntilDone serves until ctx ends or a site fails, and then ends them all.
func serveUntilDone(ctx context.Context, log *slog.Logger, sites []site) error {
	failed := make(chan error, len(sites))
	servers := make([]*http.Server, len(sites))
	for i, s := range sites {
		servers[i] = newServer(s.handler, log)
		go func() { failed <- servers[i].Serve(s.listener) }()
	}
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), shutDown(ctx, servers))
	case <-ctx.Done():
	}
	log.Info("stopping; logins in flight stay in the store")
	return shutDown(ctx, servers)
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func shutDown(ctx context.Context, servers []*http.Server) error {
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(drain); err != nil {
			errs = append(errs, fmt.Errorf("stop: %w", err), server.Close())
		}
	}
	return errors.Join(errs...)
}

// greet tells where to go, where the metrics are, if anywhere, and, with the demo, as
// whom to log in.
func greet(out io.Writer, cfg *config.Config, metrics string) {
	fmt.Fprintf(out, "\nacrhost serves %s\n\n  discovery   %s/.well-known/openid-configuration\n", cfg.Issuer, cfg.Issuer)
	if metrics != "" {
		fmt.Fprintf(out, "  metrics     %s\n", metrics)
	}
	if cfg.Account.Journey != "" {
		fmt.Fprintf(out, "  account     %s%s\n", cfg.Issuer, selfservice.Path)
	}
	if cfg.Demo.Enabled {
		fmt.Fprintf(out, "  demo        %s/demo\n  outbox      %s/demo/outbox   (SMS and e-mail codes)\n\n", cfg.Issuer, cfg.Issuer)
		for _, u := range cfg.Demo.Users {
			// Demo passwords are public by design: the demo runs on loopback only.
			fmt.Fprintf(out, "  log in as   %-8s password: %s\n", u.Name, u.Password.Reveal())
		}
	}
	fmt.Fprintln(out)
}

func newLogger(w io.Writer, c config.Log) *slog.Logger {
	var level slog.Level
	// The configuration's check admits only names that slog knows.
	_ = level.UnmarshalText([]byte(c.Level))
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
