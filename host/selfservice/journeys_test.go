package selfservice_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/selfservice"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// manifest is the catalog of the plugin named standard.
type manifest abi.Manifest

func (m manifest) StepType(use string) (journey.StepType, bool) {
	name, ok := strings.CutPrefix(use, "standard/")
	t, known := m.Steps[name]
	return journey.StepType{StepType: t, Digest: "sha256:x"}, ok && known
}

func (m manifest) Uses() []string { return nil }

// What the standard plugin offers passes the check of journeys, and becomes a release.
func TestJourneys(t *testing.T) {
	data, err := os.ReadFile("../../plugins/standard/testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var standard manifest
	if err := json.Unmarshal(data, &standard); err != nil {
		t.Fatal(err)
	}
	offers := selfservice.Offers(standard)
	if diff := cmp.Diff([]string{"password", "passkey", "totp", "recovery-codes", "phone", "email"}, offers); diff != "" {
		t.Errorf("offers (-want +got):\n%s", diff)
	}
	journeys := selfservice.Journeys(offers)
	if faults := journey.Check(journeys, standard, journey.CheckContext{}); len(faults) > 0 {
		t.Error(faults)
	}
	if _, err := journey.NewRelease(journeys, standard); err != nil {
		t.Error(err)
	}
	for name := range journeys {
		if !strings.Contains(name, "/") {
			t.Errorf("%q could be the name of an operator's journey", name)
		}
	}
}

// A plugin of another kind under that name offers nothing, and what the pages don't
// know is not offered.
func TestOffers(t *testing.T) {
	for schema, want := range map[string][]string{
		"": nil, "null": nil, "{}": nil, "[]": nil, `{"properties":{"factor":{}}}`: nil,
		`{"properties":{"factor":{"enum":["totp","x","passkey"]}}}`: {"passkey", "totp"},
		`{"properties":{"factor":{"enum":[1]}}}`:                    nil,
	} {
		m := manifest{Steps: map[string]abi.StepType{"enroll": {ConfigSchema: json.RawMessage(schema)}}}
		if diff := cmp.Diff(want, selfservice.Offers(m)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", schema, diff)
		}
	}
	if offers := selfservice.Offers(manifest{}); offers != nil {
		t.Errorf("without the step type: %q", offers)
	}
}
