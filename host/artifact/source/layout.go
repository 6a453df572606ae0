package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/signature"
)

// The media types of a plugin in a registry.
const (
	ConfigType    = "application/vnd.wasm.config.v0+json"
	ModuleType    = "application/wasm"
	SignatureType = "application/vnd.acrhost.plugin.signature.v1+jws"
)

// Bounds of what describes an artifact, in bytes.
const (
	maxManifest = 256 << 10
	maxConfig   = 256 << 10
)

// blob is some content of an artifact.
type blob struct {
	ocispec.Descriptor
	data []byte
}

func newBlob(mediaType string, data []byte) blob {
	return blob{ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(data), Size: int64(len(data))}, data}
}

// wasmConfig is the config of a WebAssembly artifact in the CNCF's layout.
type wasmConfig struct {
	Created      string          `json:"created"`
	Architecture string          `json:"architecture"`
	OS           string          `json:"os"`
	LayerDigests []digest.Digest `json:"layerDigests"`
}

// artifactOf is what a module and its signature are in a registry; the manifests come
// last, the module's first. The same module gives the same bytes.
func artifactOf(title string, wasm, jws []byte) ([]blob, error) {
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	layer := newBlob(ModuleType, wasm)
	layer.Annotations = map[string]string{ocispec.AnnotationTitle: title}
	config, err := document(ConfigType, wasmConfig{
		Created: time.Unix(0, 0).UTC().Format(time.RFC3339), Architecture: "wasm", OS: "wasip1", LayerDigests: []digest.Digest{layer.Digest},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := document(ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: config.Descriptor, Layers: []ocispec.Descriptor{layer.Descriptor}, Annotations: annotations(wasm),
	})
	if err != nil || len(jws) == 0 {
		return []blob{layer, config, manifest}, err
	}
	empty, signed := newBlob(ocispec.MediaTypeEmptyJSON, []byte("{}")), newBlob(SignatureType, bytes.TrimSpace(jws))
	referrer, err := document(ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, ArtifactType: SignatureType,
		Config: empty.Descriptor, Layers: []ocispec.Descriptor{signed.Descriptor}, Subject: &manifest.Descriptor, Annotations: madeAt(jws),
	})
	return []blob{layer, config, empty, signed, manifest, referrer}, err
}

// annotations are what a registry's pages show of a plugin.
func annotations(wasm []byte) map[string]string {
	m, err := artifact.Manifest(wasm)
	if err != nil {
		return nil
	}
	all := map[string]string{ocispec.AnnotationVersion: m.Version, ocispec.AnnotationTitle: m.Name}
	if m.Vendor != "" {
		all[ocispec.AnnotationVendor] = m.Vendor
	}
	return all
}

func document(mediaType string, v any) (blob, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return blob{}, fmt.Errorf("write the artifact: %w", err)
	}
	return newBlob(mediaType, text), nil
}

// checkTitle refuses a file name that is a path: whoever writes the file would write it
// elsewhere.
func checkTitle(title string) error {
	if title != path.Base(title) || strings.ContainsAny(title, "/\\:\x00") || title == "." || title == ".." || strings.ContainsFunc(title, func(c rune) bool { return c < ' ' }) {
		return fmt.Errorf("the name %.80q is a path, expected a file's name", title)
	}
	return nil
}

// readManifest reads a plugin's manifest and says which rule of the layout it breaks.
func readManifest(text []byte) (ocispec.Manifest, error) {
	var m ocispec.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return m, errors.New("its manifest can't be read")
	}
	switch {
	case m.MediaType != "" && m.MediaType != ocispec.MediaTypeImageManifest:
		return m, fmt.Errorf("its manifest calls itself %.80q, expected %s", m.MediaType, ocispec.MediaTypeImageManifest)
	case m.Config.MediaType != ConfigType:
		return m, fmt.Errorf("its config has the media type %.80q, expected %s", m.Config.MediaType, ConfigType)
	case len(m.Layers) != 1:
		return m, fmt.Errorf("it has %d layers, expected one", len(m.Layers))
	case m.Layers[0].MediaType != ModuleType:
		return m, fmt.Errorf("its layer has the media type %.80q, expected %s", m.Layers[0].MediaType, ModuleType)
	case len(m.Layers[0].URLs)+len(m.Config.URLs) > 0:
		return m, errors.New("its content lies at other addresses, expected it in the registry")
	}
	if title, ok := m.Layers[0].Annotations[ocispec.AnnotationTitle]; ok {
		return m, checkTitle(title)
	}
	return m, nil
}

// readConfig holds an artifact's config to its layer.
func readConfig(text []byte, layer digest.Digest) error {
	var c wasmConfig
	switch err := json.Unmarshal(text, &c); {
	case err != nil:
		return errors.New("its config can't be read")
	case c.Architecture != "wasm":
		return fmt.Errorf("its config is for the architecture %.40q, expected wasm", c.Architecture)
	case len(c.LayerDigests) != 1 || c.LayerDigests[0] != layer:
		return errors.New("its config names another layer than its manifest")
	}
	return nil
}

// readReferrer gives the descriptor of the signature that a manifest of SignatureType
// holds.
func readReferrer(text []byte, of digest.Digest) (ocispec.Descriptor, error) {
	var m ocispec.Manifest
	switch err := json.Unmarshal(text, &m); {
	case err != nil:
		return ocispec.Descriptor{}, errors.New("its manifest can't be read")
	case m.Subject == nil || m.Subject.Digest != of:
		return ocispec.Descriptor{}, errors.New("its manifest is for another artifact")
	case len(m.Layers) != 1 || m.Layers[0].MediaType != SignatureType:
		return ocispec.Descriptor{}, fmt.Errorf("its manifest has no single layer of %s", SignatureType)
	case m.Layers[0].Size > signature.MaxSignature:
		return ocispec.Descriptor{}, fmt.Errorf("it has more than %d bytes", signature.MaxSignature)
	}
	return m.Layers[0], nil
}
