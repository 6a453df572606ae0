package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
)

// errAbsent is a server's or a folder's answer that there is nothing.
var errAbsent = errors.New("there is nothing")

func (c *Client) fetchHTTPS(ctx context.Context, r reference.Reference, signatures bool) (*Fetched, error) {
	client := web(r.Host)
	defer client.CloseIdleConnections()
	wasm, err := get(ctx, client, r.Path, artifact.MaxModule)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", shown(r.Path), err)
	}
	if got := artifact.Digest(wasm); got != r.Digest {
		return nil, fmt.Errorf("fetch %s: the module was changed: its digest is %s, expected %s", shown(r.Path), got, r.Digest)
	}
	f := &Fetched{Wasm: wasm}
	if !signatures {
		return f, nil
	}
	jws, err := get(ctx, client, beside(r.Path), signature.MaxSignature)
	switch {
	case err == nil:
		f.Signatures = [][]byte{jws}
	case !errors.Is(err, errAbsent):
		return nil, fmt.Errorf("fetch the signature: %w", err)
	}
	return f, nil
}

// beside is where the signature of a module is: the suffix belongs to the path, and what
// the query says, such as a version or a token, holds for both.
func beside(address string) string {
	path, query, asks := strings.Cut(address, "?")
	if asks {
		query = "?" + query
	}
	return path + signature.Suffix + query
}

// shown is an address as errors may have it: its query may be a secret.
func shown(address string) string {
	place, _, asks := strings.Cut(address, "?")
	if asks {
		place += "?…"
	}
	return place
}

// get reads what stands at an address, if it isn't longer than most.
func get(ctx context.Context, client *http.Client, address string, most int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return nil, failed.Err // without the address, whose query may be a secret
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, errAbsent
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answered %d", resp.StatusCode)
	case resp.ContentLength > int64(most):
		return nil, fmt.Errorf("it has %d bytes, %d are allowed", resp.ContentLength, most)
	}
	return shelf.ReadBounded(resp.Body, most)
}

// ReadFile reads a module and, where there is one beside it, its signature.
func ReadFile(path string) (*Fetched, error) {
	wasm, err := shelf.ReadRegular(path, artifact.MaxModule)
	if err != nil {
		return nil, fmt.Errorf("read module: %w", err)
	}
	f := &Fetched{Wasm: wasm, Title: filepath.Base(path)}
	jws, err := shelf.ReadRegular(path+signature.Suffix, signature.MaxSignature)
	switch {
	case err == nil:
		f.Signatures = [][]byte{jws}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read signature: %w", err)
	}
	return f, nil
}
