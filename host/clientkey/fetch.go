package clientkey

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The limits of one fetch.
const (
	fetchTimeout   = 5 * time.Second
	maxHeaderBytes = 32 << 10
)

// Fetcher gets what clients publish: their keys and request objects. It is safe for
// concurrent use.
type Fetcher struct{ client *http.Client }

// NewFetcher makes a fetcher that dials as it is told: package outbound has dials
// that stay out of the operator's network. Nil roots are the system's.
func NewFetcher(dial func(ctx context.Context, network, address string) (net.Conn, error), roots *x509.CertPool) *Fetcher {
	return &Fetcher{client: &http.Client{
		Timeout: fetchTimeout,
		Transport: &http.Transport{
			Proxy:                  nil, // it would dial for us, past the guard
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    fetchTimeout,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConns:           16,
			IdleConnTimeout:        30 * time.Second,
		},
		// Only the registered address counts, not where it points to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Get is the text at an address, of limit bytes at most. The caller has seen to it
// that the address is one that the operator or the client's registration names. The
// request ends by itself also when the caller goes away: others may wait for it.
func (f *Fetcher) Get(ctx context.Context, address string, limit int) ([]byte, error) {
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("the address can't be used")
	}
	request.Header.Set("User-Agent", "acrhost")
	response, err := f.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", request.URL.Host, cause(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", request.URL.Host, response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", request.URL.Host, cause(err))
	}
	if len(text) > limit {
		return nil, fmt.Errorf("%s: the answer is longer than %d bytes", request.URL.Host, limit)
	}
	return text, nil
}

// Post sends a form to an address and gives the status of the answer, whose body does not
// matter. The address is one that the client's registration names. It bounds its time as
// Get does, but ends with ctx.
func (f *Fetcher) Post(ctx context.Context, address string, form url.Values) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, errors.New("the address can't be used")
	}
	request.Header.Set("User-Agent", "acrhost")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := f.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", request.URL.Host, cause(err))
	}
	return response.StatusCode, response.Body.Close()
}

// cause leaves the whole address out: a path or a query may hold a secret.
func cause(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
