package source

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/shelf"
)

// MaxLayout is the longest tar file with an OCI layout, in bytes.
const MaxLayout = artifact.MaxModule + 9<<20

// Bounds of an OCI layout in a tar file.
const (
	maxLayout  = artifact.MaxModule + 8<<20 // bytes, of all its files
	maxEntries = 256
)

// blobsFolder holds the content of an OCI layout, each under its digest.
const blobsFolder = "blobs/sha256/"

// Save writes a module with its signatures as an OCI image layout in a tar file (OCI image
// specification, "Image Layout"), the same bytes for the same content. What didn't come
// from a registry gets the form that Push gives it.
func (f *Fetched) Save(w io.Writer) error {
	all := f.content
	if len(all) == 0 {
		var jws []byte
		if len(f.Signatures) > 0 {
			jws = f.Signatures[0]
		}
		var err error
		if all, err = artifactOf(f.Title, f.Wasm, jws); err != nil {
			return err
		}
	}
	// In the order of their digests, whatever the way that they came.
	all = slices.SortedFunc(slices.Values(all), func(a, b blob) int { return cmp.Compare(a.Digest, b.Digest) })
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	files := map[string]bool{}
	t := tar.NewWriter(w)
	write := func(name string, data []byte) error {
		if files[name] {
			return nil
		}
		files[name] = true
		if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), Format: tar.FormatPAX}); err != nil {
			return err
		}
		_, err := t.Write(data)
		return err
	}
	for _, b := range all {
		if isManifest(b) {
			index.Manifests = append(index.Manifests, indexed(b))
		}
		if err := write(blobsFolder+b.Digest.Encoded(), b.data); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	text, err := json.Marshal(index)
	err = errors.Join(err, write(ocispec.ImageIndexFile, text), write(ocispec.ImageLayoutFile, []byte(`{"imageLayoutVersion":"`+ocispec.ImageLayoutVersion+`"}`)), t.Close())
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// indexed is how the layout's index names a manifest.
func indexed(b blob) ocispec.Descriptor {
	var m ocispec.Manifest
	d := ocispec.Descriptor{MediaType: b.MediaType, Digest: b.Digest, Size: b.Size}
	if json.Unmarshal(b.data, &m) == nil && m.ArtifactType == SignatureType {
		d.ArtifactType, d.Annotations = m.ArtifactType, m.Annotations
	}
	return d
}

// Load reads what Save wrote, wherever it has been since.
func Load(ctx context.Context, r io.Reader) (*Fetched, error) {
	files, err := readTar(r)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	var index ocispec.Index
	if err := json.Unmarshal(files[ocispec.ImageIndexFile], &index); err != nil {
		return nil, errors.New("load: it is no OCI layout: its index.json can't be read")
	}
	var roots, signatures []ocispec.Descriptor
	for _, d := range index.Manifests {
		switch {
		case d.MediaType != ocispec.MediaTypeImageManifest:
		case d.ArtifactType == SignatureType:
			signatures = append(signatures, d)
		default:
			roots = append(roots, d)
		}
	}
	if len(roots) != 1 {
		return nil, fmt.Errorf("load: it holds %d artifacts, expected one", len(roots))
	}
	f, err := unwrap(ctx, files, roots[0])
	if err == nil {
		err = f.sign(ctx, files, roots[0], signatures)
	}
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return f, nil
}

// layout is the files of a tar, which are never written anywhere by their names.
type layout map[string][]byte

// Fetch satisfies content.Fetcher.
func (l layout) Fetch(_ context.Context, d ocispec.Descriptor) (io.ReadCloser, error) {
	data, ok := l[blobsFolder+d.Digest.Encoded()]
	if !ok || d.Digest.Algorithm() != digest.SHA256 {
		return nil, errors.New("the file doesn't hold it")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func readTar(r io.Reader) (layout, error) {
	files, left := layout{}, maxLayout
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("it is no tar file: %w", err)
		case h.Typeflag == tar.TypeDir:
			continue
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%.80q is no plain file", h.Name)
		case len(files) == maxEntries:
			return nil, fmt.Errorf("it holds more than %d files", maxEntries)
		}
		data, err := shelf.ReadBounded(t, left)
		if err != nil {
			return nil, err
		}
		left -= len(data)
		files[strings.TrimPrefix(h.Name, "./")] = data
	}
}
