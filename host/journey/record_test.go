package journey_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/record/recordtest"
)

func TestRunRecord(t *testing.T) { recordtest.Check(t, journey.RunRecord) }

// FuzzRunRecord holds that what is read once is read the same from what is written of it.
func FuzzRunRecord(f *testing.F) {
	f.Add([]byte(`{"id":"r_1","stack":[{"journey":"main","visits":{"a":1},"state":{}}],"vars":{"a":[1.5,null]},"prompt":{},"acr":"2"}`))
	f.Add([]byte(`{"trail":[{"value":"1","at":"2026-11-23T07:00:00Z"}],"subject":{"claims":{}},"upstream":{"google":{"acr":""}},"end":{"terminal":"@success"}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		var once, again journey.Run
		if journey.RunRecord.Parse(document, &once) != nil {
			return
		}
		text, err := journey.RunRecord.Append(nil, &once)
		if err != nil {
			return // a time that RFC 3339 can't write
		}
		if err := journey.RunRecord.Parse(text, &again); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		back, err := journey.RunRecord.Append(nil, &again)
		if err != nil || string(back) != string(text) {
			t.Errorf("%v\n%s\n%s", err, text, back)
		}
	})
}
