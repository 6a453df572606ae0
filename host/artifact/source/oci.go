package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
)

// repository is where a reference points, with the client's login.
func (c *Client) repository(r reference.Reference) (*remote.Repository, error) {
	repo, err := remote.NewRepository(r.Host + "/" + r.Repository)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r, err)
	}
	login, err := c.login(r.Host)
	if err != nil {
		return nil, err
	}
	repo.Client = &auth.Client{Client: web(r.Host), Credential: login, Cache: auth.NewCache()}
	repo.PlainHTTP = r.PlainHTTP
	repo.MaxMetadataBytes = maxManifest
	// An index holds the signatures where there is no referrers API.
	repo.ManifestMediaTypes = []string{ocispec.MediaTypeImageManifest, ocispec.MediaTypeImageIndex}
	repo.ReferrerListMaxPages = maxPages
	repo.SkipReferrersGC = true // many registries allow no deletion; an old index lies around and harms nobody
	return repo, nil
}

func (c *Client) fetchOCI(ctx context.Context, r reference.Reference, signatures bool) (*Fetched, error) {
	repo, err := c.repository(r)
	if err != nil {
		return nil, err
	}
	root, err := resolve(ctx, repo, r)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", r, told(err))
	}
	f, err := unwrap(ctx, repo, root)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", r, told(err))
	}
	if !signatures {
		return f, nil
	}
	found, err := referrers(ctx, repo, root)
	if err == nil {
		err = f.sign(ctx, repo, root, found)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch the signatures of %s: %w", r, told(err))
	}
	return f, nil
}

// resolve finds the manifest. Where there are a tag and a digest, the tag must still mean
// that: whoever wrote both wants to know when it was moved.
func resolve(ctx context.Context, repo *remote.Repository, r reference.Reference) (ocispec.Descriptor, error) {
	want := cmp.Or(r.Tag, r.Digest)
	root, err := repo.Resolve(ctx, want)
	switch {
	case err != nil:
		return root, err
	case r.Digest != "" && root.Digest.String() != r.Digest && r.Tag != "":
		return root, fmt.Errorf("the tag %s was moved: it means %s; without the tag the reference still names the old one", r.Tag, root.Digest)
	case r.Digest != "" && root.Digest.String() != r.Digest:
		return root, fmt.Errorf("the registry gave the manifest %s for the digest %s", root.Digest, r.Digest)
	case root.MediaType != ocispec.MediaTypeImageManifest:
		return root, fmt.Errorf("it is of the media type %.80q, expected %s", root.MediaType, ocispec.MediaTypeImageManifest)
	}
	return root, nil
}

// unwrap reads a plugin out of the artifact with this manifest.
func unwrap(ctx context.Context, from content.Fetcher, root ocispec.Descriptor) (*Fetched, error) {
	manifest, err := read(ctx, from, root, maxManifest, "manifest")
	if err != nil {
		return nil, err
	}
	m, err := readManifest(manifest.data)
	if err != nil {
		return nil, err
	}
	config, err := read(ctx, from, m.Config, maxConfig, "config")
	if err != nil {
		return nil, err
	}
	if err := readConfig(config.data, m.Layers[0].Digest); err != nil {
		return nil, err
	}
	layer, err := read(ctx, from, m.Layers[0], artifact.MaxModule, "layer")
	if err != nil {
		return nil, err
	}
	return &Fetched{
		Wasm: layer.data, Title: m.Layers[0].Annotations[ocispec.AnnotationTitle], Artifact: root.Digest.String(),
		content: []blob{layer, config, manifest},
	}, nil
}

// read reads content that has the size and the digest that were announced, and not too
// much of it.
func read(ctx context.Context, from content.Fetcher, d ocispec.Descriptor, most int64, what string) (blob, error) {
	switch {
	case d.Digest.Validate() != nil || d.Digest.Algorithm() != digest.SHA256:
		return blob{}, fmt.Errorf("its %s has no SHA-256 digest", what)
	case d.Size < 0 || d.Size > most:
		return blob{}, fmt.Errorf("its %s has %d bytes, %d are allowed", what, d.Size, most)
	}
	data, err := content.FetchAll(ctx, from, d)
	switch {
	case errors.Is(err, content.ErrMismatchedDigest), errors.Is(err, content.ErrTrailingData), errors.Is(err, content.ErrInvalidDescriptorSize):
		return blob{}, fmt.Errorf("its %s was changed: it is not what the digest %s says", what, d.Digest)
	case err != nil:
		return blob{}, fmt.Errorf("its %s: %w", what, err)
	}
	return blob{d, data}, nil
}

// told is an error of a registry in our words, where there are better ones.
func told(err error) error {
	answer, ok := errors.AsType[*errcode.ErrorResponse](err)
	switch {
	case ok && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden):
		return errors.New("the registry refuses it: log in with --username and --password-stdin, or as docker does")
	case errors.Is(err, errdef.ErrNotFound):
		return errors.New("the registry has no such artifact")
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return errors.New("the registry wants a login: --username and --password-stdin, or docker's config.json")
	}
	return err
}

// Push puts a module under a tag, and its signature beside it. It gives the digest of the
// manifest.
func (c *Client) Push(ctx context.Context, r reference.Reference, title string, wasm, jws []byte) (string, error) {
	if r.Kind != reference.OCI || r.Tag == "" || r.Digest != "" {
		return "", errors.New("push takes oci://host/repository:tag")
	}
	repo, err := c.repository(r)
	if err != nil {
		return "", err
	}
	all, err := artifactOf(title, wasm, jws)
	if err != nil {
		return "", err
	}
	root := slices.IndexFunc(all, isManifest)
	there, err := referrers(ctx, repo, all[root].Descriptor)
	if err != nil {
		return "", fmt.Errorf("push %s: %w", r, told(err))
	}
	for i, b := range all {
		if slices.ContainsFunc(there, func(d ocispec.Descriptor) bool { return d.Digest == b.Digest }) {
			continue // this very signature; the registry would only write its list again
		}
		tag := ""
		if i == root {
			tag = r.Tag
		}
		if err := put(ctx, repo, b, tag); err != nil {
			return "", fmt.Errorf("push %s: %w", r, told(err))
		}
	}
	return all[root].Digest.String(), nil
}

func isManifest(b blob) bool { return b.MediaType == ocispec.MediaTypeImageManifest }
