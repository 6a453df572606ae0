package source_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact/source"
)

func save(t testing.TB, f *source.Fetched) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSaveAndLoad(t *testing.T) {
	wasm := packed(t, "1.0.0")
	jws := signed(t, wasm)
	file := filepath.Join(t.TempDir(), "risk.wasm")
	if err := errors.Join(os.WriteFile(file, wasm, 0o600), os.WriteFile(file+".jws", jws, 0o600)); err != nil {
		t.Fatal(err)
	}
	from, err := source.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	saved := save(t, from)
	if !bytes.Equal(saved, save(t, from)) {
		t.Error("saving twice differs")
	}
	f, err := source.Load(t.Context(), bytes.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Wasm, wasm) || len(f.Signatures) != 1 || !bytes.Equal(f.Signatures[0], jws) || f.Title != "risk.wasm" {
		t.Errorf("loaded %q with %d signatures", f.Title, len(f.Signatures))
	}
	if !bytes.Equal(saved, save(t, f)) {
		t.Error("what was loaded is saved otherwise")
	}
}

// files are the contents of a tar file.
func files(t testing.TB, text []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	for r := tar.NewReader(bytes.NewReader(text)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = string(content)
	}
}

func pack(t testing.TB, all map[string]string, more ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(all[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, all[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range more {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLoadRefuses(t *testing.T) {
	wasm := packed(t, "1.0.0")
	good := func() map[string]string {
		file := filepath.Join(t.TempDir(), "risk.wasm")
		if err := os.WriteFile(file, wasm, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := source.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return files(t, save(t, f))
	}()
	change := func(do func(map[string]string)) []byte {
		all := maps.Clone(good)
		do(all)
		return pack(t, all)
	}
	edit := func(old, next string) []byte {
		return change(func(all map[string]string) {
			for name := range all {
				if name == "index.json" {
					all[name] = strings.Replace(all[name], old, next, 1)
				}
			}
		})
	}
	tests := map[string]struct {
		text []byte
		want string
	}{
		"no tar":      {[]byte(strings.Repeat("hello", 200)), "it is no tar file"},
		"empty":       {nil, "its index.json can't be read"},
		"no index":    {change(func(all map[string]string) { delete(all, "index.json") }), "its index.json can't be read"},
		"no artifact": {change(func(all map[string]string) { all["index.json"] = `{"manifests":[]}` }), "it holds 0 artifacts"},
		"two artifacts": {change(func(all map[string]string) {
			_, list, _ := strings.Cut(all["index.json"], `"manifests":[`)
			all["index.json"] = `{"manifests":[` + strings.TrimSuffix(list, "]}") + "," + list
		}), "it holds 2 artifacts"},
		"changed": {change(func(all map[string]string) {
			for name, content := range all {
				if content == string(wasm) {
					all[name] = string(packed(t, "6.6.6"))
				}
			}
		}), "its layer was changed"},
		"missing": {change(func(all map[string]string) {
			for name, content := range all {
				if content == string(wasm) {
					delete(all, name)
				}
			}
		}), "the file doesn't hold it"},
		"huge manifest": {edit(`"size":`, `"size":99999`), "bytes, 262144 are allowed"},
		"another hash":  {edit("sha256:", "sha512:"), "no SHA-256 digest"},
		"a link":        {pack(t, good, tar.Header{Name: "blobs/sha256/x", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), "is no plain file"},
		"a device":      {pack(t, good, tar.Header{Name: "x", Typeflag: tar.TypeChar}), "is no plain file"},
	}
	many := maps.Clone(good)
	for i := range 300 {
		many["x"+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = ""
	}
	tests["many files"] = struct {
		text []byte
		want string
	}{pack(t, many), "more than 256 files"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := source.Load(t.Context(), bytes.NewReader(tt.text))
			wants(t, err, tt.want)
		})
	}
	// A name that leads elsewhere leads nowhere: nothing is written by its name.
	outside := change(func(all map[string]string) { all["../../outside"] = "x" })
	if _, err := source.Load(t.Context(), bytes.NewReader(outside)); err != nil {
		t.Error(err)
	}
}

func FuzzLoad(f *testing.F) {
	wasm := packed(f, "1.0.0")
	file := filepath.Join(f.TempDir(), "risk.wasm")
	if err := os.WriteFile(file, wasm, 0o600); err != nil {
		f.Fatal(err)
	}
	from, err := source.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(save(f, from))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := source.Load(t.Context(), bytes.NewReader(text))
		if err == nil && strings.ContainsAny(found.Title, `/\`) {
			t.Errorf("the name is a path: %q", found.Title)
		}
	})
}
