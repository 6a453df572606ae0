package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// redirect is where the client gets its answer. Nobody listens there: the users read the
// code out of the redirect.
const redirect = "http://127.0.0.1:5555/callback"

// provider is what a client knows of the server.
type provider struct {
	metadata
	tokens *oidc.IDTokenVerifier
}

// metadata are the endpoints that discovery names.
type metadata struct {
	Issuer    string `json:"issuer"`
	Authorize string `json:"authorization_endpoint"`
	Token     string `json:"token_endpoint"`
	Userinfo  string `json:"userinfo_endpoint"`
	JWKS      string `json:"jwks_uri"`
}

func discover(ctx context.Context, address, alg string) (*provider, error) {
	// An issuer with a slash at its end is discovered without it.
	loose := oidc.InsecureIssuerURLContext(ctx, address+"/")
	found, err := oidc.NewProvider(ctx, address)
	if err != nil {
		if found, err = oidc.NewProvider(loose, address); err != nil {
			return nil, fmt.Errorf("discover the provider: %w", err)
		}
	}
	p := &provider{tokens: found.Verifier(&oidc.Config{ClientID: clientID, SupportedSigningAlgs: []string{alg}})}
	return p, found.Claims(&p.metadata)
}

// newHTTPClient is one user's: kept alive, from an address of its own. It follows no
// redirects; the user does.
func newHTTPClient(i int) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i+1))}}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}
