package source_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/source"
)

// What an address has as a password or in its query is in no error.
func TestNoSecretInErrors(t *testing.T) {
	s := strings.TrimPrefix(inside(t), "http://") // it has no TLS, so that asking fails
	for place, want := range map[string]string{
		"https://user:hunter2@" + s + "/j":  "would end up in logs",
		"https://" + s + "/j?token=hunter2": "?…",
		"http://" + s + "/j?token=hunter2":  "https only",
	} {
		_, err := source.Keyring{}.Keys(t.Context(), "acme", place, true)
		wants(t, err, want)
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("it is in %v", err)
		}
	}
	_, err := client().Fetch(t.Context(), place(t, "https://"+s+"/m?token=hunter2#"+artifact.Digest(nil)))
	wants(t, err, "?…")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("it is in %v", err)
	}
}
