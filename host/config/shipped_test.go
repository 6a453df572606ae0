package config_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// standard is the catalog of the plugin that ships with the configuration.
func standard(t *testing.T) manifests {
	t.Helper()
	data, err := os.ReadFile("../../plugins/standard/testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var m abi.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return manifests{"standard": m}
}

func TestShippedConfiguration(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	c, err := config.Load("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Journeys) == 0 || len(c.Clients) == 0 || len(c.Demo.Users) == 0 {
		t.Errorf("the shipped configuration has %d journeys, %d clients and %d demo users", len(c.Journeys), len(c.Clients), len(c.Demo.Users))
	}
	if faults := journey.Check(c.Journeys, standard(t), journey.CheckContext{}); len(faults) > 0 {
		t.Error(config.Faults(faults))
	}
	if c.CacheDir == "" {
		t.Error("cache_dir has no default")
	}
}
