package source

import (
	"bytes"
	"context"

	"oras.land/oras-go/v2/registry/remote"
)

// put puts content into a repository, under a tag unless that is empty.
func put(ctx context.Context, repo *remote.Repository, b blob, tag string) error {
	plain := b.Descriptor
	plain.Annotations = nil
	switch {
	case tag != "":
		return repo.PushReference(ctx, plain, bytes.NewReader(b.data), tag)
	case isManifest(b):
		return repo.Push(ctx, plain, bytes.NewReader(b.data))
	}
	there, err := repo.Exists(ctx, plain)
	if err != nil || there {
		return err
	}
	return repo.Push(ctx, plain, bytes.NewReader(b.data))
}
