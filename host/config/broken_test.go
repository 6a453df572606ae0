package config_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

var update = flag.Bool("update", false, "write what is found as what is expected")

// manifests is a catalog of some plugins' manifests, by the plugins' names.
type manifests map[string]abi.Manifest

func (m manifests) StepType(use string) (journey.StepType, bool) {
	plugin, name, _ := strings.Cut(use, "/")
	t, ok := m[plugin].Steps[name]
	return journey.StepType{StepType: t, Digest: "sha256:" + plugin}, ok
}

func (m manifests) Uses() []string {
	var all []string
	for plugin, manifest := range m {
		for name := range manifest.Steps {
			all = append(all, plugin+"/"+name)
		}
	}
	slices.Sort(all)
	return all
}

func catalog(t *testing.T) manifests {
	t.Helper()
	data, err := os.ReadFile("testdata/catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	var m manifests
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// check reads the configuration of a folder and looks at its journeys too.
func check(t *testing.T, dir string) config.Faults {
	t.Helper()
	c, faults := config.FS(os.DirFS(dir)).Inspect("config.toml")
	extra := journey.CheckContext{Levels: map[string]journey.Pos{}, StrictACR: c.ACR.Strict}
	for value, level := range c.ACR.Levels {
		extra.Levels[value] = level.Pos
	}
	return append(faults, journey.Check(c.Journeys, catalog(t), extra)...).Sort()
}

// TestBroken holds each broken configuration against the list of its faults. A
// folder is a test of its own.
func TestBroken(t *testing.T) {
	dirs, err := filepath.Glob("testdata/broken/*/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) < 24 {
		t.Fatalf("found %d broken configurations, expected 24 or more", len(dirs))
	}
	for _, path := range dirs {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			faults := check(t, dir)
			if len(faults) == 0 {
				t.Fatal("no fault was found")
			}
			golden := filepath.Join(dir, "faults.txt")
			got := faults.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("faults (-want +got, -update accepts them):\n%s", diff)
			}
		})
	}
}

func TestGoodHasNoFault(t *testing.T) {
	if faults := check(t, "testdata/good"); len(faults) > 0 {
		t.Error(faults)
	}
}
