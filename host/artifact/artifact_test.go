package artifact_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

const (
	preamble = "\x00asm\x01\x00\x00\x00"
	manifest = `{"name":"com.example.risk","version":"1.4.2","steps":{"score":{"outcomes":["low","high"],"reads":["device"],"writes":{"vars":["risk"]}}}}`
)

// custom is a custom section.
func custom(name, content string) string {
	body := string(rune(len(name))) + name + content
	return "\x00" + string(binary.AppendUvarint(nil, uint64(len(body)))) + body
}

func TestPackIsDeterministicAndReplaces(t *testing.T) {
	bare := preamble + custom("name", "x") + custom("producers", "y")
	spelt := "{ \"version\" : \"1.4.2\" ,\n" + strings.TrimPrefix(strings.Replace(manifest, `"version":"1.4.2",`, "", 1), "{")
	first, err := artifact.Pack([]byte(bare), []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	old, err := artifact.Pack([]byte(bare), []byte(strings.Replace(manifest, "1.4.2", "1.0.0", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string][]byte{"bare": []byte(bare), "packed": first, "packed before": old} {
		again, err := artifact.Pack(from, []byte(spelt))
		if err != nil || !bytes.Equal(again, first) {
			t.Errorf("%s: %v, packed %q, want %q", name, err, again, first)
		}
	}
	if !bytes.HasPrefix(first, []byte(bare)) {
		t.Error("packing changed what was there")
	}
	back, err := artifact.Unpack(first)
	if err != nil || string(back) != bare {
		t.Errorf("unpacked %q, %v", back, err)
	}
	m, err := artifact.Manifest(first)
	if err != nil || m.Name != "com.example.risk" || m.Version != "1.4.2" {
		t.Errorf("manifest %+v, %v", m, err)
	}
}

func TestManifestRefuses(t *testing.T) {
	section := custom(artifact.Section, "{}")
	tests := map[string]struct{ wasm, want string }{
		"text":             {"hello", "no WebAssembly module"},
		"component":        {"\x00asm\x0d\x00\x01\x00", "no WebAssembly module"},
		"nothing":          {"", "no WebAssembly module"},
		"unpacked":         {preamble, "it has no section acrhost.manifest"},
		"two":              {preamble + section + section, "two sections"},
		"empty":            {preamble + custom(artifact.Section, ""), "not a manifest"},
		"no steps":         {preamble + custom(artifact.Section, `{"name":"x"}`), "it needs a name and a step"},
		"twice the name":   {preamble + custom(artifact.Section, strings.Replace(manifest, "{", `{"name":"a",`, 1)), "duplicate"},
		"too new":          {preamble + custom(artifact.Section, strings.Replace(manifest, "{", `{"abi_min":"1.99",`, 1)), "it needs ABI 1.99"},
		"too long":         {preamble + custom(artifact.Section, manifest+strings.Repeat(" ", artifact.MaxManifest)), "longer than"},
		"cut off":          {(preamble + section)[:len(preamble)+5], "only"},
		"size too large":   {preamble + "\x00\xff\xff\xff\xff\x0f", "it has 4294967295 bytes"},
		"size no number":   {preamble + "\x00\xff\xff\xff\xff\xff\x01", "not a number"},
		"name cut off":     {preamble + "\x00\x01\x05", "its name is cut off"},
		"name not UTF-8":   {preamble + custom("\xff", ""), "its name is not UTF-8"},
		"hidden behind it": {preamble + "\x01\x00" + custom("x", section), "it has no section"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := artifact.Manifest([]byte(tt.wasm))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if errors.Is(err, artifact.ErrUnpacked) != strings.Contains(tt.want, "no section") {
				t.Error("whether it is packed is said wrongly")
			}
		})
	}
	for name, doc := range map[string]string{"no JSON": "x", "no manifest": `{}`, "two names": strings.Replace(manifest, "{", `{"name":"a",`, 1)} {
		if _, err := artifact.Pack([]byte(preamble), []byte(doc)); err == nil {
			t.Errorf("%s: packed", name)
		}
	}
}

func TestDrift(t *testing.T) {
	lines, err := artifact.Drift([]byte(`{"a":1,"b":{"c":[1,2],"gone/x":true},"same":"x"}`), []byte(`{"same":"x","b":{"c":[1,3],"new":null},"a":1.0}`))
	want := []string{
		"/a: packed 1, described 1.0",
		"/b/c: packed [1,2], described [1,3]",
		"/b/gone~1x: packed true, not described",
		"/b/new: not packed, described null",
	}
	if diff := cmp.Diff(want, lines); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if lines, err := artifact.Drift([]byte(manifest), []byte(" "+manifest)); len(lines) > 0 || err != nil {
		t.Errorf("the same drifts: %q, %v", lines, err)
	}
	if _, err := artifact.Drift([]byte("x"), []byte("{}")); err == nil {
		t.Error("no fault for what is no JSON")
	}
}

// module is a whole module with an import for each capability.
func module(t *testing.T, manifest string, capabilities ...string) []byte {
	t.Helper()
	body := string(rune(len(capabilities)))
	for _, c := range capabilities {
		const from = "acrhost_cap_v1"
		body += string(rune(len(from))) + from + string(rune(len(c))) + c + "\x00\x00"
	}
	wasm := preamble + "\x01\x07\x01\x60\x02\x7f\x7f\x01\x7f" + "\x02" + string(rune(len(body))) + body
	packed, err := artifact.Pack([]byte(wasm), []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestDiff(t *testing.T) {
	older := module(t, manifest)
	newer := module(t, `{"name":"com.example.risk","version":"2.0.0","steps":{
		"score":{"outcomes":["low","odd"],"config_schema":{"type":"object"},"reads":["device","upstream"],
			"writes":{"vars":["risk","more"],"vars_from":["/name"],"acr":["2.*"],"amr":["hwk"],"claims":["c"],"evidence":["pwd"],"subject":true},
			"capabilities":["http_fetch"]},
		"extra\u001b":{"outcomes":["ok"],"reads":["device"]}}}`, "http_fetch")
	d, err := artifact.Diff(older, newer)
	if err != nil {
		t.Fatal(err)
	}
	more := make([]string, len(d.More))
	for i, m := range d.More {
		more[i] = m.String()
	}
	wantMore := []string{
		"imports acrhost_cap_v1.http_fetch",
		`step "extra\x1b": reads device`,
		"step score: capabilities http_fetch",
		"step score: reads upstream",
		"step score: writes.acr 2.*",
		"step score: writes.amr hwk",
		"step score: writes.claims c",
		"step score: writes.evidence pwd",
		"step score: writes.subject",
		"step score: writes.vars config/name",
		"step score: writes.vars more",
	}
	if diff := cmp.Diff(wantMore, more); diff != "" {
		t.Error(diff)
	}
	wantChanges := []string{
		"the version was 1.4.2, is 2.0.0",
		`step "extra\x1b" is new`,
		"step score has the outcome odd, which needs an edge",
		"step score has no outcome high any more",
		"step score takes another configuration",
	}
	if diff := cmp.Diff(wantChanges, d.Changes); diff != "" {
		t.Error(diff)
	}
	back, err := artifact.Diff(newer, older)
	if err != nil || len(back.More) > 0 || !slices.Contains(back.Changes, `step "extra\x1b" is gone`) {
		t.Errorf("the other way: %+v, %v", back, err)
	}
	if same, err := artifact.Diff(newer, newer); err != nil || len(same.More)+len(same.Changes) > 0 {
		t.Errorf("the same differs: %+v, %v", same, err)
	}
	if _, err := artifact.Diff([]byte(preamble), older); err == nil || !strings.Contains(err.Error(), "the older module: it has no section") {
		t.Errorf("unpacked: %v", err)
	}
}

// Where requests go is compared by what it stands for.
func TestAsksBeyondOfFetches(t *testing.T) {
	asks := func(fetches ...string) artifact.AllAsks {
		return artifact.AsksOf(abi.Manifest{Steps: map[string]abi.StepType{"score": {Capabilities: []string{"http_fetch"}, Fetches: fetches}}})
	}
	const at = "https://risk.example.com"
	for _, test := range []struct{ older, newer, more []string }{
		{[]string{"POST " + at + "/v1/score"}, []string{"POST " + at + "/v1/score"}, nil},
		{[]string{"POST " + at + "/v1/*"}, []string{"POST " + at + "/v1/score", "POST " + at + "/v1/a/*"}, nil},
		{[]string{"* " + at + "/v1/*"}, []string{"GET " + at + "/v1/score?*"}, nil},
		{[]string{"POST " + at + "/v1/score"}, []string{"POST " + at + "/v1/*"}, []string{"POST " + at + "/v1/*"}},
		{[]string{"POST " + at + "/v1/score"}, []string{"POST " + at + "/v1/score?*"}, []string{"POST " + at + "/v1/score?*"}},
		{[]string{"POST " + at + "/v1/score"}, []string{"* " + at + "/v1/score"}, []string{"* " + at + "/v1/score"}},
		{[]string{"POST " + at + "/v1/score"}, []string{"POST config/url"}, []string{"POST config/url"}},
		{[]string{"POST " + at + "/v1/score"}, nil, []string{"anywhere"}},
		{nil, []string{"* " + at + "/*"}, nil},
		{nil, nil, nil},
	} {
		var more []string
		for _, m := range asks(test.newer...).Beyond(asks(test.older...)) {
			more = append(more, strings.TrimPrefix(m.String(), "fetches "))
		}
		if diff := cmp.Diff(test.more, more); diff != "" {
			t.Errorf("%q after %q: %s", test.newer, test.older, diff)
		}
	}
	// A lock that was written before manifests could say it.
	if more := asks("* " + at + "/*").Beyond(artifact.AllAsks{"score": {Capabilities: []string{"http_fetch"}}}); len(more) > 0 {
		t.Errorf("after an old lock: %v", more)
	}
	// The capability alone says it all.
	if more := asks().Beyond(nil); len(more) != 1 || more[0].What != "capabilities" {
		t.Errorf("a new capability: %v", more)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(preamble + custom(artifact.Section, manifest)))
	f.Add([]byte(preamble + "\x00\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		m, err := artifact.Manifest(wasm)
		packed, packErr := artifact.Pack(wasm, []byte(manifest))
		if err == nil && (m.Name == "" || packErr != nil) {
			t.Errorf("a module that can be read can't be packed: %v", packErr)
		}
		if packErr != nil {
			return
		}
		if m, err := artifact.Manifest(packed); err != nil || m.Name != "com.example.risk" {
			t.Errorf("what was packed can't be read: %v", err)
		}
		if again, err := artifact.Pack(packed, []byte(manifest)); err != nil || !bytes.Equal(again, packed) {
			t.Errorf("packing again changes it: %v", err)
		}
	})
}

// A step that takes a value from its configuration takes the vendor's where there is none:
// an update that changes that one alone asks for more.
func TestAsksBeyondOfDefaults(t *testing.T) {
	asks := func(schema string) artifact.AllAsks {
		return artifact.AsksOf(abi.Manifest{Steps: map[string]abi.StepType{"score": {
			ConfigSchema: json.RawMessage(schema), Capabilities: []string{"http_fetch"}, Fetches: []string{"POST config/url", "GET https://risk.example.com/v1/*"},
			Writes: abi.Writes{ACRFrom: []string{"/level"}, VarsFrom: []string{"/name"}},
		}}})
	}
	schema := func(url, level, name string) string {
		return fmt.Sprintf(`{"properties":{"url":{"default":%s},"level":{"default":%s},"name":{"default":%s}}}`, url, level, name)
	}
	const url, level, name = `"https://risk.example.com/v1/score"`, `"1.0"`, `"risk"`
	older := asks(schema(url, level, name))
	for _, test := range []struct {
		newer string
		more  []string
	}{
		{schema(url, level, name), nil},
		{schema("null", "null", "7"), nil},
		{schema(`"https://risk.example.com/admin?x=1"`, level, name), []string{"fetches POST https://risk.example.com/admin?x=1"}},
		{schema(url, `"3.0"`, name), []string{"writes.acr 3.0"}},
		{schema(url, `{"level":3}`, name), []string{"writes.acr {*"}},
		{schema(url, `3`, name), []string{"writes.acr *"}},
		{schema(url, level, `"admin"`), []string{"writes.vars admin"}},
		{schema(url, level, `{"risk":0,"trusted":1}`), []string{"writes.vars trusted"}},
		{schema(url, `{"cel":"vars.x"}`, name), []string{"writes.acr {*"}},
	} {
		var more []string
		for _, m := range asks(test.newer).Beyond(older) {
			more = append(more, m.String())
		}
		if diff := cmp.Diff(test.more, more); diff != "" {
			t.Errorf("%s: %s", test.newer, diff)
		}
	}
}

// What one step asked for was agreed to of that step: another one that asks for it now asks
// for more, of its own or as a new step.
func TestAsksBeyondOfAnotherStep(t *testing.T) {
	score := abi.StepType{Capabilities: []string{"http_fetch"}, Fetches: []string{"POST https://risk.example.com/v1/*"}, Writes: abi.Writes{ACR: []string{"3.0"}}}
	label := abi.StepType{Reads: []string{"subject.claims"}}
	older := artifact.AsksOf(abi.Manifest{Steps: map[string]abi.StepType{"score": score, "label": label}})
	label.Capabilities, label.Writes = score.Capabilities, abi.Writes{ACR: []string{"3.0", "4.0"}}
	label.Fetches = []string{"POST https://risk.example.com/v1/claims", "POST https://evil.example/"}
	newer := artifact.AsksOf(abi.Manifest{Steps: map[string]abi.StepType{"score": score, "label": label, "new": {Reads: []string{"subject.claims"}}, "idle": {}}})
	var more []string
	for _, m := range newer.Beyond(older) {
		more = append(more, m.String())
	}
	want := []string{
		"fetches POST https://evil.example/",
		"writes.acr 4.0",
		"step label: capabilities http_fetch",
		"step label: fetches POST https://risk.example.com/v1/claims",
		"step label: writes.acr 3.0",
		"step new: reads subject.claims",
	}
	if diff := cmp.Diff(want, more); diff != "" {
		t.Error(diff)
	}
	if more := older.Beyond(newer); len(more) > 0 {
		t.Errorf("less is more: %v", more)
	}
}
