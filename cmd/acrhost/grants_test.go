package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestGrantsShowRead: who asks why a login has its acr sees what the step went by, with
// nothing in it that a terminal would obey.
func TestGrantsShowRead(t *testing.T) {
	var out bytes.Buffer
	c := &cobra.Command{}
	c.SetOut(&out)
	trail := []journey.ACRSet{{Value: "gold", Step: "map", Use: "standard/map-claims", Input: journey.ACRInput{Seen: journey.Seen{
		Upstream: json.RawMessage(`{"acme":{"claims":{"assurance":"high"}}}`), Vars: json.RawMessage(`{"risk":7}`),
		Device: &abi.Device{IP: "203.0.113.7", UserAgent: "Fire\x1b[2Jfox"},
	}}}}
	if err := printGrant(c, store.Grant{ID: "g_1"}, trail); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`read upstream  {"acme":{"claims":{"assurance":"high"}}}`, `read vars      {"risk":7}`, `read device    203.0.113.7 "Fire\x1b[2Jfox"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in:\n%s", want, &out)
		}
	}
}
