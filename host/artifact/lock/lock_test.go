package lock_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func file() lock.File {
	return lock.File{Format: 2, Plugins: map[string]lock.Entry{
		"risk": {
			Name: "com.example.risk", Version: "1.4.2", Source: "oci://registry.example.com/acme/risk:1.4", Artifact: digest, Digest: digest,
			Signer: "acme", KeyID: "k", Signature: "a.b.c",
			Asks: artifact.AllAsks{"score": {Capabilities: []string{"http_fetch"}, Reads: []string{"device"}, Subject: true}, "label": {}},
		},
		"own": {Name: "com.example.own", Version: "1.0.0", Digest: digest},
	}}
}

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), lock.Name)
	empty, err := lock.Read(path)
	if err != nil || len(empty.Plugins) != 0 {
		t.Fatalf("a missing file: %+v, %v", empty, err)
	}
	if err := file().Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := lock.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(file(), got); diff != "" {
		t.Error(diff)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Write(path); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same content is written otherwise:\n%s", again)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A lock is in the folder that a repository brings along: what isn't a file is not read.
func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	device, pipe, long := filepath.Join(dir, "device"), filepath.Join(dir, "pipe"), filepath.Join(dir, "long")
	if err := errors.Join(os.Symlink("/dev/zero", device), syscall.Mkfifo(pipe, 0o600), os.WriteFile(long, nil, 0o600), os.Truncate(long, 5<<20)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{device: "no regular file", pipe: "no regular file", dir: "no regular file", long: "more than 4194304 bytes"} {
		if _, err := lock.Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":          {"", "its format is 0"},
		"no TOML":        {"format = ", "not a lock"},
		"later":          {"format = 3", "its format is 3, this acrhost knows 2"},
		"earlier":        {"format = 1\n[plugins.a.asks]\nreads = [\"device\"]", "its format is 1, this acrhost knows 2"},
		"unknown":        {"format = 2\nextra = true", "unknown key extra"},
		"unknown asks":   {"format = 2\n[plugins.a]\ndigest = \"" + digest + "\"\n[plugins.a.asks.score]\nfiles = [\"/\"]", "unknown key plugins.a.asks.score.files"},
		"no digest":      {"format = 2\n[plugins.a]\nname = \"a\"", `the plugin "a" has no digest`},
		"short digest":   {"format = 2\n[plugins.a]\ndigest = \"sha256:12\"", `the plugin "a" has no digest`},
		"path as digest": {"format = 2\n[plugins.a]\ndigest = \"" + digest + "\"\nartifact = \"../x\"", `the plugin "a" has no digest`},
		"wrong type":     {"format = 2\nplugins = [1]", "not a lock"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := lock.Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	text, err := file().Text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := lock.Parse(text)
		if err != nil {
			return
		}
		written, err := got.Text()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Parse(written); err != nil {
			t.Errorf("what was read can't be read again: %v\n%s", err, written)
		}
	})
}
