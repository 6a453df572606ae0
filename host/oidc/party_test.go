package oidc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwk"

	"github.com/acrhost/acrhost/host/clientkey"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/hosttest"
)

const partyURI = "http://127.0.0.1:5555/callback"

// TestClientsOfNode: clients that others wrote, with all that they can do to prove
// themselves and to keep what they ask for from being changed.
func TestClientsOfNode(t *testing.T) {
	cfg := hosttest.Load(t, "testdata/node/config.toml")
	sealed := clientkey.Encryption{Alg: "RSA-OAEP-256", Enc: "A256GCM"}
	cfg.Clients = append(cfg.Clients,
		config.Client{
			ID: "strict", JWKS: keySet("ES256"), RedirectURIs: []string{partyURI}, Journey: "password", TokenEndpointAuthSigningAlg: "ES256",
			RequirePushedAuthorizationRequests: true, RequireSignedRequestObject: true, DPoPBoundAccessTokens: true,
			AuthorizationDetailsTypes: []string{"payment"},
		},
		config.Client{
			ID: "plain", JWKS: keySet("PS256"), RedirectURIs: []string{partyURI}, Journey: "password", TokenEndpointAuthSigningAlg: "PS256",
			RequirePushedAuthorizationRequests: true, GrantTypes: []string{"authorization_code"},
			AuthorizationSignedResponseAlg: "PS256", AuthorizationEncryption: sealed, IntrospectionSignedResponseAlg: "ES256", IntrospectionEncryption: sealed,
		},
	)
	issuer := hosttest.Run(t, cfg, nil)
	for _, row := range []struct {
		script, client, alg string
		want                map[string]any
	}{
		{"openid-client.mjs", "strict", "ES256", map[string]any{
			"type": "dpop", "acr": "1.0", "name": true, "details": []any{map[string]any{"type": "payment", "amount": "1.00"}},
			"refreshed": "1.0", "active": true, "bound": "string", "after": false,
		}},
		{"oauth4webapi.mjs", "plain", "PS256", map[string]any{"type": "bearer", "acr": "1.0", "name": true, "active": true, "opened": 2.0}},
	} {
		t.Run(row.script, func(t *testing.T) {
			talk := startNode(t, row.script)
			talk.say(map[string]any{
				"issuer": issuer, "client": row.client, "redirect": partyURI, "modules": modules(t), "alg": row.alg, "jwk": privateJWK(t, row.alg),
			})
			page, _, err := person(t, issuer).Visit(talk.hear()["authorize"].(string))
			if err != nil {
				t.Fatal(err)
			}
			talk.say(map[string]any{"callback": page.URL.String()})
			if diff := cmp.Diff(row.want, talk.hear()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func person(t *testing.T, issuer string) *hosttest.Person {
	t.Helper()
	p, err := hosttest.NewPerson(issuer, "alice", "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// modules is where the clients are installed.
func modules(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../.cache/tools/clients/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the clients are not installed: run make tools (%v)", err)
	}
	return dir
}

// privateJWK is a pair as the client itself has it.
func privateJWK(t *testing.T, name string) jwk.Key {
	t.Helper()
	k, err := jwk.FromRaw(pairs()[name].private)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Set(jwk.KeyIDKey, pairs()[name].kid); err != nil {
		t.Fatal(err)
	}
	return k
}

// talk is a script that speaks in lines of JSON.
type talk struct {
	*testing.T
	in     io.Writer
	out    *bufio.Reader
	faults func() string
}

func startNode(t *testing.T, script string) *talk {
	t.Helper()
	// The test's own context ends before the script has had time to.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	command := exec.CommandContext(ctx, "node", filepath.Join("testdata", "node", script))
	in, err1 := command.StdinPipe()
	out, err2 := command.StdoutPipe()
	var faults logBuffer
	command.Stderr = &faults
	if err := errors.Join(err1, err2, command.Start()); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer cancel()
		in.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", script, err, faults.String())
		}
	})
	return &talk{t, in, bufio.NewReader(out), faults.String}
}

func (s *talk) say(document any) {
	s.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := s.in.Write(append(text, '\n')); err != nil {
		s.Fatal(err)
	}
}

func (s *talk) hear() map[string]any {
	s.Helper()
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		s.Fatalf("the script said nothing: %v\n%s", err, s.faults())
	}
	var document map[string]any
	if err := json.Unmarshal(line, &document); err != nil {
		s.Fatal(err)
	}
	return document
}
