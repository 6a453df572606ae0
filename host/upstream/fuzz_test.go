package upstream_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/upstream"
)

// FuzzReadAnswer: an answer is what the browser brought, each parameter once and none without a
// bound; what comes twice is no answer.
func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{
		"state=s&code=c&iss=https://up.example.com", "state=s&error=access_denied&error_description=x", "state=a&state=b&code=c", "code=c&code=d&state=s", "state=" + strings.Repeat("x", 5000), "", "state=%ff&code=\x00", "iss=&iss=x&state=s",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		sent, _ := url.ParseQuery(query) // what of it can be read, as the host reads it
		state, got, err := upstream.ReadAnswer(sent)
		read := map[string]string{"state": state, "code": got.Code, "error": got.Error, "iss": got.ISS}
		faulty := false
		for name, value := range read {
			faulty = faulty || len(sent[name]) > 1 || len(sent.Get(name)) > 4<<10
			if err == nil && value != sent.Get(name) {
				t.Errorf("%q: %s is %q", query, name, value)
			}
		}
		if faulty != (err != nil) {
			t.Errorf("%q: %v", query, err)
		}
	})
}
