package upstream

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/outbound"
)

// The limits of one request to a provider.
const (
	requestTimeout = 5 * time.Second
	maxHeaderBytes = 32 << 10
	maxBody        = 256 << 10
)

// newClient is a client for a provider whose issuer is on this host. What its
// discovery document names elsewhere must be public: a provider must not send us into
// the operator's network.
func newClient(host string, guard *outbound.Guard) *http.Client {
	return &http.Client{
		Timeout: requestTimeout,
		Transport: boundedTransport{&http.Transport{
			Proxy:                  nil, // it would dial for us, past the guard
			DialContext:            guard.Only(host),
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConns:           16,
			IdleConnTimeout:        30 * time.Second,
		}},
		// A redirect would carry the code, the secret or a token to somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// boundedTransport cuts answers that are too long: the libraries read them whole.
type boundedTransport struct{ next http.RoundTripper }

func (b boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = &boundedBody{response.Body, maxBody}
	return response, nil
}

// errTooLong is a provider's answer that goes on and on.
var errTooLong = errors.New("the answer is too long")

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// maxReason bounds what of an error gets into the log, in bytes: libraries put whole
// answers there.
const maxReason = 300

// short is an error whose text is one line and not long.
func short(err error) error {
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return &shortened{fmt.Sprintf("%q", text), err}
}

type shortened struct {
	text  string
	cause error
}

func (s *shortened) Error() string { return s.text }
func (s *shortened) Unwrap() error { return s.cause }
