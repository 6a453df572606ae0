package capability

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/outbound"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The limits of one fetch.
const (
	fetchTimeout   = 5 * time.Second
	maxBody        = 256 << 10
	maxHeaderBytes = 32 << 10
	maxHeaders     = 32
)

// fetcher makes the requests of all steps.
type fetcher struct{ client *http.Client }

func newFetcher(resolver *net.Resolver) *fetcher {
	return &fetcher{client: &http.Client{
		Timeout: fetchTimeout,
		Transport: &http.Transport{
			Proxy:                  nil, // the environment's proxy would dial for us, past the guard
			DialContext:            outbound.New(resolver).Dial,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConns:           64,
			IdleConnTimeout:        30 * time.Second,
		},
		// The rules are about where a request goes; where an answer points to, the
		// step must ask for by itself.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// httpFetch makes one HTTP request for the step, within its rules.
func (c *Call) httpFetch(ctx context.Context, q abi.HTTPFetch) (abi.HTTPFetched, error) {
	request, err := newRequest(ctx, q)
	if err != nil {
		return abi.HTTPFetched{}, err
	}
	switch {
	case !fetchrule.Allows(c.info.Rules["http_fetch"], request.Method, request.URL):
		return abi.HTTPFetched{}, denied("no rule allows this origin, path and method")
	case !fetchrule.Declared(c.info.Fetches, request.Method, request.URL, c.info.Configured):
		return abi.HTTPFetched{}, denied("the manifest does not say that the step fetches this")
	}
	response, err := c.set.fetch.client.Do(request)
	if errors.Is(err, outbound.ErrInside) {
		return abi.HTTPFetched{}, denied(outbound.ErrInside.Error())
	}
	if err != nil {
		return abi.HTTPFetched{}, unreachable(request.URL, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return abi.HTTPFetched{}, unreachable(request.URL, err)
	case len(body) > maxBody:
		return abi.HTTPFetched{}, limitReached("the answer is too long")
	case !utf8.Valid(body):
		return abi.HTTPFetched{}, unreachable(request.URL, errors.New("the answer is not UTF-8"))
	}
	return abi.HTTPFetched{Status: response.StatusCode, Headers: flatten(response.Header), Body: string(body)}, nil
}

// unreachable names the origin only: a path or a query may hold a secret.
func unreachable(u *url.URL, err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return fmt.Errorf("fetch %s: %w", fetchrule.Origin(u), err)
}

// newRequest builds the request that the guest described, or refuses it.
func newRequest(ctx context.Context, q abi.HTTPFetch) (*http.Request, error) {
	method := strings.ToUpper(q.Method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, method) {
		return nil, badRequest("the method is not supported")
	}
	u, err := url.Parse(q.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, badRequest("the url is not an absolute http address")
	case u.User != nil:
		return nil, badRequest("the url holds a user or a password")
	case u.Fragment != "":
		return nil, badRequest("the url has a fragment")
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(q.Body))
	if err != nil {
		return nil, badRequest("the url cannot be used")
	}
	return request, setHeaders(request.Header, q.Headers)
}

func flatten(h http.Header) map[string]string {
	flat := make(map[string]string, len(h))
	for name, values := range h {
		// RFC 9110 5.3: the one header that cannot be joined with commas.
		if name == "Set-Cookie" {
			continue
		}
		flat[strings.ToLower(name)] = strings.ToValidUTF8(strings.Join(values, ", "), "�")
	}
	return flat
}
