package secureauth_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/hosttest"
)

// The script is a "post-authentication script": it runs after each authentication, also
// where the session passes it, and not once when the user signed in at the provider.
func TestMappingRunsAfterEachLogin(t *testing.T) {
	b := newBroker(t)
	b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "urn:corp:loa:3", "custom_amr": "face"}})
	browser := b.browser(t)
	for _, row := range []struct{ client, acr string }{
		{"static", "urn:example:static"}, // nothing is mapped
		{"attributes", "urn:corp:loa:3"}, // the same login at the provider, mapped now
		{"explicit", "urn:openbanking:psd2:sca"},
		{"static", "urn:example:static"},
	} {
		got := b.logIn(t, browser, row.client, nil)
		if diff := cmp.Diff(row.acr, got.ID["acr"]); diff != "" {
			t.Errorf("%s: %s", row.client, diff)
		}
		b.idp.Say(hosttest.Says{ID: map[string]any{"custom_acr": "asked again"}})
	}
}
