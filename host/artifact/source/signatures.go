package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/acrhost/acrhost/host/artifact/signature"
)

// Bounds of what is read of the signatures of one artifact.
const (
	maxSignatures = 32       // the newest ones
	maxReferrer   = 16 << 10 // bytes of the manifest of one
	maxPages      = 4        // of a registry's list
)

// referrers lists the signatures that a registry has for an artifact. A list that goes on
// for ever is read as far as it may be.
func referrers(ctx context.Context, repo *remote.Repository, root ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	var found []ocispec.Descriptor
	err := repo.Referrers(ctx, root, SignatureType, func(page []ocispec.Descriptor) error {
		found = append(found, page...)
		return nil
	})
	if err != nil && !errors.Is(err, errdef.ErrTooManyPages) && !errors.Is(err, errdef.ErrNotFound) {
		return nil, err
	}
	return found, nil
}

// sign adds the newest signatures that refer to an artifact, the newest first. One that
// can't be read counts for nothing: whoever adds one to an artifact doesn't make it one that
// nobody can fetch. Who adds maxSignatures newer ones hides the vendor's, which then passes
// where a lock has it; who may do that could as well move the tag. The error is that of a
// context that ended.
func (f *Fetched) sign(ctx context.Context, from content.Fetcher, root ocispec.Descriptor, referrers []ocispec.Descriptor) error {
	all := newestFirst(referrers)
	if more := len(all) - maxSignatures; more > 0 {
		f.PassedOver = append(f.PassedOver, fmt.Errorf("%d signatures are older than the %d that are looked at", more, maxSignatures))
		all = all[:maxSignatures]
	}
	for _, r := range all {
		jws, manifest, err := readSignature(ctx, from, root, r)
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err != nil {
			f.PassedOver = append(f.PassedOver, fmt.Errorf("the signature %s: %w", r.Digest, told(err)))
			continue
		}
		f.Signatures = append(f.Signatures, jws.data)
		f.content = append(f.content, newBlob(ocispec.MediaTypeEmptyJSON, []byte("{}")), jws, manifest)
	}
	return nil
}

// readSignature reads one signature, with the manifest that refers to the artifact.
func readSignature(ctx context.Context, from content.Fetcher, root, referrer ocispec.Descriptor) (jws, manifest blob, err error) {
	if manifest, err = read(ctx, from, referrer, maxReferrer, "manifest"); err != nil {
		return jws, manifest, err
	}
	layer, err := readReferrer(manifest.data, root.Digest)
	if err != nil {
		return jws, manifest, err
	}
	jws, err = read(ctx, from, layer, signature.MaxSignature, "content")
	return jws, manifest, err
}

// newestFirst puts referrers in the order of the time that they say they were made at; of
// those that say none, the one that was listed last comes first, as a list grows at its end.
// Each comes once.
func newestFirst(referrers []ocispec.Descriptor) []ocispec.Descriptor {
	var all []ocispec.Descriptor
	for _, r := range slices.Backward(referrers) {
		if !slices.ContainsFunc(all, func(d ocispec.Descriptor) bool { return d.Digest == r.Digest }) {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b ocispec.Descriptor) int { return cmp.Compare(made(b), made(a)) })
	return all
}

// made is when a signature says that it was made, in seconds since 1970; 0: it doesn't, or
// says a time that is still to come.
func made(d ocispec.Descriptor) int64 {
	at, err := time.Parse(time.RFC3339, d.Annotations[ocispec.AnnotationCreated])
	if err != nil || at.After(time.Now().Add(time.Hour)) {
		return 0
	}
	return at.Unix()
}

// madeAt is what made reads off a signature's manifest.
func madeAt(jws []byte) map[string]string {
	c, err := signature.Claims(jws)
	if err != nil {
		return nil
	}
	return map[string]string{ocispec.AnnotationCreated: time.Unix(c.Statement.IssuedAt, 0).UTC().Format(time.RFC3339)}
}
