package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/signature"
)

// errAbsent is a server's or a folder's answer that there is nothing.
var errAbsent = errors.New("there is nothing")

func (c *Client) fetchHTTPS(ctx context.Context, r reference.Reference, signatures bool) (*Fetched, error) {
	client := web(r.Host)
	defer client.CloseIdleConnections()
	wasm, err := get(ctx, client, r.Path, artifact.MaxModule)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", r.Path, err)
	}
	if got := artifact.Digest(wasm); got != r.Digest {
		return nil, fmt.Errorf("fetch %s: the module was changed: its digest is %s, expected %s", r.Path, got, r.Digest)
	}
	f := &Fetched{Wasm: wasm}
	if !signatures {
		return f, nil
	}
	jws, err := get(ctx, client, r.Path+signature.Suffix, signature.MaxSignature)
	switch {
	case err == nil:
		f.Signatures = [][]byte{jws}
	case !errors.Is(err, errAbsent):
		return nil, fmt.Errorf("fetch the signature: %w", err)
	}
	return f, nil
}

// get reads what stands at an address, if it isn't longer than most.
func get(ctx context.Context, client *http.Client, address string, most int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
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
	return bounded(resp.Body, most)
}

func bounded(r io.Reader, most int) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(content) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	return content, nil
}

// ReadFile reads a module and, where there is one beside it, its signature.
func ReadFile(path string) (*Fetched, error) {
	wasm, err := readBounded(path, artifact.MaxModule)
	if err != nil {
		return nil, fmt.Errorf("read module: %w", err)
	}
	f := &Fetched{Wasm: wasm, Title: filepath.Base(path)}
	jws, err := readBounded(path+signature.Suffix, signature.MaxSignature)
	switch {
	case err == nil:
		f.Signatures = [][]byte{jws}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read signature: %w", err)
	}
	return f, nil
}

func readBounded(path string, most int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := bounded(f, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
}
