package source

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"

	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/outbound"
)

// Bounds of what is asked of servers.
const (
	fetchTime    = 2 * time.Minute // of one module, with its signatures
	answerTime   = 20 * time.Second
	maxRedirects = 5
)

// Client brings and puts modules. Without a user name it logs in at registries as docker
// does: by $DOCKER_CONFIG/config.json or ~/.docker/config.json.
type Client struct {
	Username, Password string
}

// Fetched is a module as it was found somewhere.
type Fetched struct {
	Wasm []byte
	// Title is the file name that its publisher gave it; empty: none.
	Title string
	// Artifact is the digest of its OCI manifest; empty elsewhere.
	Artifact string
	// Signatures are those found with it, unchecked, the newest first as far as they say.
	Signatures [][]byte
	// PassedOver says of each signature that was found and isn't among them why.
	PassedOver []error

	content []blob // of an OCI artifact, all that it is made of
}

// Fetch brings a module with its signatures.
func (c *Client) Fetch(ctx context.Context, r reference.Reference) (*Fetched, error) {
	return c.fetch(ctx, r, true)
}

// Module brings a module alone, by a digest only: a tag can mean something else tomorrow.
func (c *Client) Module(ctx context.Context, r reference.Reference) ([]byte, error) {
	if r.Digest == "" && r.Kind != reference.File {
		return nil, errors.New("there is no digest to fetch it by")
	}
	r.Tag = ""
	f, err := c.fetch(ctx, r, false)
	if err != nil {
		return nil, err
	}
	return f.Wasm, nil
}

func (c *Client) fetch(ctx context.Context, r reference.Reference, signatures bool) (*Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	switch r.Kind {
	case reference.OCI:
		return c.fetchOCI(ctx, r, signatures)
	case reference.HTTPS:
		return c.fetchHTTPS(ctx, r, signatures)
	}
	return ReadFile(r.Path)
}

// web makes requests to the host that the operator named, wherever it is, and follows it
// only to public addresses: a registry may keep its layers elsewhere, but must not make
// this host ask the operator's own network for them.
func web(host string) *http.Client {
	guard, dialer := outbound.New(nil), net.Dialer{Timeout: 5 * time.Second}
	elsewhere := guard.Only("")
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if same(address, host) {
					return dialer.DialContext(ctx, network, address)
				}
				return elsewhere(ctx, network, address)
			},
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: answerTime, ForceAttemptHTTP2: true,
			IdleConnTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: follow,
	}
}

// same says whether an address to dial is the host, whose port may be left out.
func same(address, host string) bool {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return address == host
	}
	u := url.URL{Host: host}
	return address == net.JoinHostPort(u.Hostname(), "443") || address == net.JoinHostPort(u.Hostname(), "80")
}

// follow refuses redirects that leave TLS, and endless ones. It tells nobody where the
// client came from (RFC 9110 10.1.3): the query of an address may be a secret.
func follow(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) >= maxRedirects:
		return errors.New("too many redirects")
	case via[0].URL.Scheme == "https" && r.URL.Scheme != "https":
		return errors.New("it redirects from https to " + r.URL.Scheme)
	}
	r.Header.Del("Referer")
	return nil
}

// login is who the client is at a registry.
func (c *Client) login(host string) (auth.CredentialFunc, error) {
	if c.Username != "" {
		return auth.StaticCredential(host, auth.Credential{Username: c.Username, Password: c.Password}), nil
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, errors.New("docker's config.json can't be read")
	}
	return credentials.Credential(store), nil
}
