package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/config"
)

// Gateway delivers by a POST of {"to","text"} to the operator's service, which
// answers with any 2xx status.
type Gateway struct {
	url    string
	bearer config.Secret
	client *http.Client
}

func newGateway(c config.Sender) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("url: it must be an https address without user and password")
	}
	// One-time codes and the bearer token do not travel in the clear.
	if u.Scheme == "http" && !c.InsecureNoTLS && !isLoopback(u.Hostname()) {
		return nil, errors.New("url: http needs insecure_no_tls, except to a loopback address")
	}
	return &Gateway{url: c.URL, bearer: c.Bearer, client: &http.Client{
		Timeout: timeout,
		// A redirect would carry the code to a place that the operator did not name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Send posts the message. What the gateway answers beyond its status is not
// read: it may repeat the text.
func (g *Gateway) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(map[string]string{"to": m.To, "text": m.Text})
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("gateway: the url cannot be used")
	}
	request.Header.Set("Content-Type", "application/json")
	if g.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+g.bearer.Reveal())
	}
	response, err := g.client.Do(request)
	if err != nil {
		return fmt.Errorf("gateway: %w", withoutURL(err))
	}
	defer response.Body.Close()
	// A little is drained so that the connection can be used again.
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("gateway: it answered %d", response.StatusCode)
	}
	return nil
}

// withoutURL drops the address from an error: some gateways have their key in it.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
