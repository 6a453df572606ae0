package hosttest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host"
	"github.com/acrhost/acrhost/host/config"
)

// Serve runs a configuration in this process, on a free port of the loopback
// address; what it says of issuer, listen and redirect URIs at that issuer is
// adjusted. It gives the issuer, and stop, which ends it.
func Serve(ctx context.Context, cfg *config.Config, o host.Options) (issuer string, stop func() error, err error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return "", nil, errors.Join(err, listener.Close())
	}
	moved := moveTo(*cfg, "http://localhost:"+port)
	h, err := host.Open(ctx, &moved, o)
	if err != nil {
		return "", nil, errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: h}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return moved.Issuer, func() error {
		err := server.Shutdown(context.WithoutCancel(ctx))
		if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
			err = errors.Join(err, serveErr)
		}
		return errors.Join(err, h.Close(context.WithoutCancel(ctx)))
	}, nil
}

func moveTo(cfg config.Config, issuer string) config.Config {
	cfg.Clients = slices.Clone(cfg.Clients)
	for i := range cfg.Clients {
		uris := slices.Clone(cfg.Clients[i].RedirectURIs)
		for j, uri := range uris {
			uris[j] = strings.Replace(uri, cfg.Issuer, issuer, 1)
		}
		cfg.Clients[i].RedirectURIs = uris
	}
	cfg.Issuer = issuer
	return cfg
}
