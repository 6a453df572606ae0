package guests_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/guests"
)

// decisions are input documents and the acr that the rule gives.
func decisions() map[string]struct{ document, acr string } {
	in := func(members string) string { return `{"abi":"1.0","call":{"type":"decide"},` + members + `}` }
	return map[string]struct{ document, acr string }{
		"hardware key":         {in(`"amr":["hwk"]`), "2.5"},
		"hardware key, last":   {in(`"amr":["pwd","otp","hwk"]`), "2.5"},
		"password and code":    {in(`"amr":["pwd","otp"]`), "2.0"},
		"the other way round":  {in(`"amr":["otp","mfa","pwd"]`), "2.0"},
		"password":             {in(`"amr":["pwd"]`), "1.5"},
		"code alone":           {in(`"amr":["otp"]`), "0"},
		"nothing":              {in(`"amr":[]`), "0"},
		"no amr":               {in(`"device":{"ip":"203.0.113.7"}`), "0"},
		"others only":          {in(`"amr":["pwdx","xotp","hw","hwkhwkhwkhwkhwk"]`), "0"},
		"white space":          {" {\n\t\"call\" : {\"type\":\"decide\"} , \"amr\" : [ \"pwd\" ,\r\n \"otp\" ] } \n", "2.0"},
		"amr first":            {`{"amr":["pwd"],"call":{"type":"decide"}}`, "1.5"},
		"nested before":        {in(`"device":{"amr":["hwk"]},"amr":["pwd"]`), "1.5"},
		"nested after":         {in(`"amr":["pwd"],"vars":{"amr":["hwk"]}`), "1.5"},
		"nested only":          {in(`"evidence":[{"method":"hwk","amr":["hwk"]}],"vars":{"a":{"amr":["hwk"]}}`), "0"},
		"quoted":               {in(`"vars":{"note":"\"amr\":[\"hwk\"],"},"amr":["pwd"]`), "1.5"},
		"quoted, with a slash": {in(`"vars":{"note":"\\"},"state":"\\\",\"amr\":[\"hwk\"]","amr":["pwd"]`), "1.5"},
		"brackets in a text":   {in(`"vars":{"a":"}]}]","b":["{[","}"]},"amr":["pwd"]`), "1.5"},
		"escaped name":         {in(`"\u0061mr":["hwk"]`), "2.5"},
		"escaped words":        {in(`"amr":["\u0070wd","o\u0074p"]`), "2.0"},
		"a name with a zero":   {in(`"vars":{},"amr\u0000":["hwk"],"amr":["pwd"]`), "1.5"},
		"a word with a zero":   {in(`"amr":["hwk\u0000","pwd"]`), "1.5"},
		"beyond ASCII":         {in(`"vars":{"é\ud83d\ude00😀":"ü"},"amr":["ĥwk","pwd"]`), "1.5"},
		"numbers and literals": {in(`"vars":{"a":-1.5e+3,"b":[true,false,null,0]},"state":null,"form":null,"amr":["pwd","otp"]`), "2.0"},
		"deep":                 {in(`"vars":{"a":` + strings.Repeat(`[`, 28) + strings.Repeat(`]`, 28) + `},"amr":["pwd"]`), "1.5"},
		"128 KiB":              {in(`"vars":{"a":"` + strings.Repeat("x", 127<<10) + `"},"amr":["pwd"]`), "1.5"},
	}
}

func TestDecideAnswersByTheRule(t *testing.T) {
	for _, language := range guests.Languages() {
		t.Run(language, func(t *testing.T) {
			m := load(t, newRuntime(t), plugin.Spec{Name: language + "-decide"})
			for name, d := range decisions() {
				output, _, err := m.Run(t.Context(), []byte(d.document), nil)
				var got struct{ Outcome, ACR string }
				if err == nil {
					err = json.Unmarshal(output, &got)
				}
				if err != nil || got.Outcome != "ok" || got.ACR != d.acr {
					t.Errorf("%s: got %s, %v; want the acr %q", name, output, err, d.acr)
				}
			}
		})
	}
}

// TestDecideRefusesWhatIsNoDocument holds that a document cut short gives an error, and
// not the acr of somebody who did nothing.
func TestDecideRefusesWhatIsNoDocument(t *testing.T) {
	for _, language := range guests.Languages() {
		m := load(t, newRuntime(t), plugin.Spec{Name: language + "-decide"})
		for _, document := range []string{``, `{`, `[]`, `{"call":{"type":"decide"}`, `{"call":{"type":"decide"},"amr":["hwk"`, `{"call":{"type":"decide"},"am`} {
			output, _, err := m.Run(t.Context(), []byte(document), nil)
			if failed, ok := errors.AsType[*plugin.Error](err); !ok || failed.Class != plugin.GuestError {
				t.Errorf("%s: %q gave %s, %v; want guest_error", language, document, output, err)
			}
		}
	}
}

// compiled is a folder where compiled guests wait for the next test: those in Go take
// half a minute each under the race detector.
func compiled(t *testing.T, engine string) string {
	t.Helper()
	folder, err := guests.Folder()
	if err == nil {
		err = os.MkdirAll(filepath.Join(folder, engine), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, engine)
}

func newRuntime(t *testing.T) *plugin.Runtime {
	t.Helper()
	r, err := plugin.New(t.Context(), plugin.Config{CacheDir: compiled(t, "acrhost")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// load loads a guest by its name, with plenty of time: the machine may be busy with
// other tests.
func load(t *testing.T, r *plugin.Runtime, s plugin.Spec) *plugin.Module {
	t.Helper()
	s.Wasm, s.Grant.All, s.Limits.Timeout = guests.Wasm(t, s.Name), true, time.Minute
	m, err := r.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
