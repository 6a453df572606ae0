package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/registrytest"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
)

// packed is a module with a manifest and nothing else.
func packed(t testing.TB, version string) []byte {
	t.Helper()
	wasm, err := artifact.Pack([]byte("\x00asm\x01\x00\x00\x00"), []byte(`{"name":"com.example.risk","version":"`+version+`","steps":{"score":{"outcomes":["low"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// signed is some signature of a module.
func signed(t testing.TB, wasm []byte) []byte {
	t.Helper()
	return signedAt(t, wasm, time.Now())
}

func signedAt(t testing.TB, wasm []byte, at time.Time) []byte {
	t.Helper()
	key, err := signature.NewKey("EdDSA")
	if err != nil {
		t.Fatal(err)
	}
	jws, err := key.Sign(signature.Subject{Name: "com.example.risk", Version: "1.0.0", Digest: artifact.Digest(wasm)}, at, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func start(t *testing.T) *registrytest.Registry {
	t.Helper()
	r, err := registrytest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

func place(t *testing.T, s string) reference.Reference {
	t.Helper()
	r, err := reference.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func client() *source.Client {
	return &source.Client{Username: registrytest.User, Password: registrytest.Password}
}

func TestPushAndFetch(t *testing.T) {
	registry := start(t)
	at := "oci+http://" + registry.Address + "/acme/risk"
	wasm := packed(t, "1.0.0")
	jws := signed(t, wasm)
	pushed, err := client().Push(t.Context(), place(t, at+":1.0"), "risk.wasm", wasm, jws)
	if err != nil {
		t.Fatal(err)
	}
	for name, ref := range map[string]string{"by tag": at + ":1.0", "by digest": at + "@" + pushed, "by both": at + ":1.0@" + pushed} {
		t.Run(name, func(t *testing.T) {
			f, err := client().Fetch(t.Context(), place(t, ref))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.Wasm, wasm) || f.Title != "risk.wasm" || f.Artifact != pushed {
				t.Errorf("%q, %s, want %s", f.Title, f.Artifact, pushed)
			}
			if len(f.Signatures) != 1 || !bytes.Equal(f.Signatures[0], jws) {
				t.Errorf("%d signatures", len(f.Signatures))
			}
		})
	}
	// The same again is the same artifact, and a second signature stands beside the first.
	again, err := client().Push(t.Context(), place(t, at+":1.0"), "risk.wasm", wasm, signed(t, wasm))
	if err != nil || again != pushed {
		t.Fatalf("%s, %v", again, err)
	}
	f, err := client().Fetch(t.Context(), place(t, at+":1.0"))
	if err != nil || len(f.Signatures) != 2 {
		t.Fatalf("%v, %v", f, err)
	}
	// A moved tag.
	moved, err := client().Push(t.Context(), place(t, at+":1.0"), "risk.wasm", packed(t, "2.0.0"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if f, err = client().Fetch(t.Context(), place(t, at+"@"+pushed)); err != nil || !bytes.Equal(f.Wasm, wasm) {
		t.Errorf("by digest after the tag was moved: %v", err)
	}
	_, err = client().Fetch(t.Context(), place(t, at+":1.0@"+pushed))
	wants(t, err, "the tag 1.0 was moved: it means "+moved)
	if wasmAgain, err := client().Module(t.Context(), place(t, at+":1.0@"+pushed)); err != nil || !bytes.Equal(wasmAgain, wasm) {
		t.Errorf("a locked module, whatever its tag: %v", err)
	}
	_, err = client().Module(t.Context(), place(t, at+":1.0"))
	wants(t, err, "no digest to fetch it by")
	_, err = client().Fetch(t.Context(), place(t, at+":9.9"))
	wants(t, err, "the registry has no such artifact")
	_, err = (&source.Client{Username: "acme", Password: "wrong"}).Fetch(t.Context(), place(t, at+":1.0"))
	wants(t, err, "log in with --username")
	_, err = client().Push(t.Context(), place(t, at+":1.0"), "../risk.wasm", wasm, nil)
	wants(t, err, "is a path")
	_, err = client().Push(t.Context(), place(t, at+"@"+pushed), "risk.wasm", wasm, nil)
	wants(t, err, "push takes oci://")
}

func wants(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// hand puts content into a registry as it is, which no command of ours would.
type hand struct {
	t    *testing.T
	repo *remote.Repository
}

func newHand(t *testing.T, registry *registrytest.Registry) hand {
	t.Helper()
	repo, err := remote.NewRepository(registry.Address + "/evil/risk")
	if err != nil {
		t.Fatal(err)
	}
	repo.PlainHTTP, repo.SkipReferrersGC = true, true
	repo.Client = &auth.Client{Credential: auth.StaticCredential(registry.Address, auth.Credential{Username: registrytest.User, Password: registrytest.Password})}
	return hand{t, repo}
}

func (h hand) blob(mediaType string, data []byte) ocispec.Descriptor {
	h.t.Helper()
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(data), Size: int64(len(data))}
	there, err := h.repo.Blobs().Exists(h.t.Context(), d)
	if err == nil && !there {
		err = h.repo.Blobs().Push(h.t.Context(), d, bytes.NewReader(data))
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func (h hand) manifest(mediaType, tag string, m any) ocispec.Descriptor {
	h.t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		h.t.Fatal(err)
	}
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(data), Size: int64(len(data))}
	if tag == "" {
		err = h.repo.Manifests().Push(h.t.Context(), d, bytes.NewReader(data))
	} else {
		err = h.repo.Manifests().PushReference(h.t.Context(), d, bytes.NewReader(data), tag)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// plugin is the manifest of a plugin as it should be.
func (h hand) plugin(wasm []byte) ocispec.Manifest {
	h.t.Helper()
	layer := h.blob(source.ModuleType, wasm)
	layer.Annotations = map[string]string{ocispec.AnnotationTitle: "risk.wasm"}
	return ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: h.config(`{"architecture":"wasm","os":"wasip1","layerDigests":["` + layer.Digest.String() + `"]}`),
		Layers: []ocispec.Descriptor{layer},
	}
}

func (h hand) config(text string) ocispec.Descriptor { return h.blob(source.ConfigType, []byte(text)) }

func TestFetchRefusesArtifacts(t *testing.T) {
	registry := start(t)
	h := newHand(t, registry)
	wasm := packed(t, "1.0.0")
	other := h.blob(source.ModuleType, packed(t, "6.6.6"))
	tests := map[string]struct {
		change func(*ocispec.Manifest)
		want   string
	}{
		"nothing wrong": {func(*ocispec.Manifest) {}, ""},
		"no title":      {func(m *ocispec.Manifest) { m.Layers[0].Annotations = nil }, ""},
		"two layers":    {func(m *ocispec.Manifest) { m.Layers = append(m.Layers, other) }, "it has 2 layers, expected one"},
		"no layer":      {func(m *ocispec.Manifest) { m.Layers = []ocispec.Descriptor{} }, "it has 0 layers, expected one"},
		"layer's type":  {func(m *ocispec.Manifest) { m.Layers[0].MediaType = ocispec.MediaTypeImageLayerGzip }, "its layer has the media type"},
		"config's type": {func(m *ocispec.Manifest) { m.Config.MediaType = ocispec.MediaTypeImageConfig }, "its config has the media type"},
		"path":          {title("../../etc/cron.d/risk.wasm"), "is a path"},
		"absolute path": {title("/etc/passwd"), "is a path"},
		"windows path":  {title(`..\risk.wasm`), "is a path"},
		"parent":        {title(".."), "is a path"},
		"empty name":    {title(""), "is a path"},
		"line break":    {title("risk\n.wasm"), "is a path"},
		"another layer": {func(m *ocispec.Manifest) {
			m.Config = h.config(`{"architecture":"wasm","layerDigests":["` + other.Digest.String() + `"]}`)
		}, "its config names another layer"},
		"no layer named": {func(m *ocispec.Manifest) { m.Config = h.config(`{"architecture":"wasm"}`) }, "its config names another layer"},
		"architecture":   {func(m *ocispec.Manifest) { m.Config = h.config(`{"architecture":"amd64","layerDigests":[]}`) }, `the architecture "amd64"`},
		"config no JSON": {func(m *ocispec.Manifest) { m.Config = h.config("hello") }, "its config can't be read"},
		"elsewhere":      {func(m *ocispec.Manifest) { m.Layers[0].URLs = []string{"http://169.254.169.254/"} }, "its content lies at other addresses"},
		"too large":      {func(m *ocispec.Manifest) { m.Layers[0].Size = artifact.MaxModule + 1 }, "are allowed"},
		"another size":   {func(m *ocispec.Manifest) { m.Layers[0].Size-- }, "its layer"},
		"negative size":  {func(m *ocispec.Manifest) { m.Layers[0].Size = -1 }, "are allowed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := h.plugin(wasm)
			tt.change(&m)
			d := h.manifest(ocispec.MediaTypeImageManifest, "hostile", m)
			f, err := client().Fetch(t.Context(), place(t, "oci+http://"+registry.Address+"/evil/risk@"+d.Digest.String()))
			if tt.want != "" {
				wants(t, err, tt.want)
			} else if err != nil || !bytes.Equal(f.Wasm, wasm) {
				t.Errorf("refused: %v", err)
			}
		})
	}
	t.Run("index", func(t *testing.T) {
		one := h.manifest(ocispec.MediaTypeImageManifest, "", h.plugin(wasm))
		h.manifest(ocispec.MediaTypeImageIndex, "index", ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, Manifests: []ocispec.Descriptor{one}})
		_, err := client().Fetch(t.Context(), place(t, "oci+http://"+registry.Address+"/evil/risk:index"))
		wants(t, err, "it is of the media type")
	})
	t.Run("changed layer", func(t *testing.T) {
		d := h.manifest(ocispec.MediaTypeImageManifest, "changed", h.plugin(packed(t, "7.7.7")))
		path := registry.Blob(artifact.Digest(packed(t, "7.7.7")))
		if err := os.WriteFile(path, packed(t, "6.6.6"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := client().Fetch(t.Context(), place(t, "oci+http://"+registry.Address+"/evil/risk:changed"))
		wants(t, err, "its layer was changed")
		_, err = client().Module(t.Context(), place(t, "oci+http://"+registry.Address+"/evil/risk@"+d.Digest.String()))
		wants(t, err, "its layer was changed")
	})
}

func title(s string) func(*ocispec.Manifest) {
	return func(m *ocispec.Manifest) { m.Layers[0].Annotations[ocispec.AnnotationTitle] = s }
}

// refer puts a signature of an artifact into the registry, after a change to its manifest.
func (h hand) refer(of ocispec.Descriptor, jws []byte, change func(*ocispec.Manifest)) {
	h.t.Helper()
	m := ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, ArtifactType: source.SignatureType,
		Config: h.blob(ocispec.MediaTypeEmptyJSON, []byte("{}")), Layers: []ocispec.Descriptor{h.blob(source.SignatureType, jws)}, Subject: &of,
	}
	change(&m)
	h.manifest(ocispec.MediaTypeImageManifest, "", m)
}

// A signature that can't be read counts for nothing, and hides no other.
func TestFetchPassesOverSignatures(t *testing.T) {
	registry := start(t)
	h := newHand(t, registry)
	tests := map[string]struct {
		change func(*ocispec.Manifest)
		want   string // empty: it isn't even looked at
	}{
		"two layers":   {func(m *ocispec.Manifest) { m.Layers = append(m.Layers, m.Layers[0]) }, "no single layer"},
		"its type":     {func(m *ocispec.Manifest) { m.Layers[0].MediaType = source.ModuleType }, "no single layer"},
		"too large":    {func(m *ocispec.Manifest) { m.Layers[0].Size = signature.MaxSignature + 1 }, "it has more than"},
		"another size": {func(m *ocispec.Manifest) { m.Layers[0].Size-- }, "its content"},
		"a manifest without end": {func(m *ocispec.Manifest) {
			m.Annotations = map[string]string{"long": strings.Repeat("x", 17<<10)}
		}, "its manifest"},
		"another artifact's type": {func(m *ocispec.Manifest) { m.ArtifactType = "application/vnd.example.sbom" }, ""},
	}
	version := 0
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			version++
			wasm := packed(t, fmt.Sprintf("1.0.%d", version))
			of, good := h.manifest(ocispec.MediaTypeImageManifest, "signed", h.plugin(wasm)), signed(t, wasm)
			h.refer(of, good, func(*ocispec.Manifest) {})
			h.refer(of, signed(t, wasm), tt.change)
			f, err := client().Fetch(t.Context(), place(t, "oci+http://"+registry.Address+"/evil/risk@"+of.Digest.String()))
			if err != nil || len(f.Signatures) != 1 || !bytes.Equal(f.Signatures[0], good) {
				t.Fatalf("%+v, %v", f, err)
			}
			if tt.want != "" {
				wants(t, errors.Join(f.PassedOver...), tt.want)
			} else if len(f.PassedOver) > 0 {
				t.Error(f.PassedOver)
			}
		})
	}
}

// Signing again each month must not end in an artifact that nobody can fetch, and whoever
// may add signatures that say they are old hides none.
func TestFetchTakesTheNewestSignatures(t *testing.T) {
	registry := start(t)
	h := newHand(t, registry)
	wasm := packed(t, "1.0.0")
	at := place(t, "oci+http://"+registry.Address+"/evil/risk:1.0")
	old := signedAt(t, wasm, time.Now().Add(-time.Minute))
	pushed, err := client().Push(t.Context(), at, "risk.wasm", wasm, old)
	if err != nil {
		t.Fatal(err)
	}
	newest := signed(t, wasm)
	for range 2 { // the second time it is there
		if _, err := client().Push(t.Context(), at, "risk.wasm", wasm, newest); err != nil {
			t.Fatal(err)
		}
	}
	of, err := h.repo.Resolve(t.Context(), pushed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		h.refer(of, fmt.Appendf(nil, "%d.b.c", i), func(m *ocispec.Manifest) {
			if i%2 == 0 { // from the future, which isn't believed
				m.Annotations = map[string]string{ocispec.AnnotationCreated: "2999-01-01T00:00:00Z"}
			}
		})
	}
	f, err := client().Fetch(t.Context(), at)
	if err != nil || len(f.Signatures) != 32 || !bytes.Equal(f.Signatures[0], newest) || !bytes.Equal(f.Signatures[1], old) {
		t.Fatalf("%v, %v", f, err)
	}
	wants(t, errors.Join(f.PassedOver...), "10 signatures are older than the 32 that are looked at")
	var tar bytes.Buffer
	if err := f.Save(&tar); err != nil {
		t.Fatal(err)
	}
	loaded, err := source.Load(t.Context(), &tar)
	if err != nil || len(loaded.Signatures) != 32 || !bytes.Equal(loaded.Signatures[0], newest) {
		t.Errorf("after saving: %v, %v", loaded, err)
	}
}
