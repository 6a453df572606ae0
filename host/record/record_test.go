package record_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/record"
	"github.com/acrhost/acrhost/host/record/recordtest"
)

type outer struct {
	Name  string         `json:"name,omitzero"`
	At    time.Time      `json:"at"`
	Any   map[string]any `json:"any"`
	Inner *inner         `json:"inner,omitzero"`
	List  []inner        `json:"list,omitzero"`
	Rare  []float64      `json:"rare"`
}

type inner struct {
	Count int `json:"count"`
}

var innerRecord = record.Of(record.Int("count", func(i *inner) *int { return &i.Count }))

var outerRecord = record.Of(
	record.Text("name", func(o *outer) *string { return &o.Name }).Optional(),
	record.Time("at", func(o *outer) *time.Time { return &o.At }),
	record.Table("any", func(o *outer) *map[string]any { return &o.Any }),
	record.Pointer("inner", func(o *outer) **inner { return &o.Inner }, innerRecord).Optional(),
	record.List("list", func(o *outer) *[]inner { return &o.List }, innerRecord).Optional(),
	record.Other("rare", func(o *outer) *[]float64 { return &o.Rare }),
)

// What is there is not left out because it is empty.
func TestEmptyIsNotZero(t *testing.T) {
	text, err := outerRecord.Append(nil, &outer{Inner: &inner{}, List: []inner{}})
	if want := `{"at":null,"any":null,"inner":{"count":0},"list":[],"rare":null}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}

// Damage is said, and where it is.
func TestDamage(t *testing.T) {
	for text, want := range map[string]string{
		``:                            "ends",
		`{}{}`:                        "follows",
		`{"name":1}`:                  "name: a text",
		`{"name":"a","name":"b"}`:     "twice",
		`{"at":"yesterday"}`:          "at: a time",
		`{"list":[{"count":"1"}]}`:    "list[0].count",
		`{"rare":["x"]}`:              "rare: ",
		`{"inner":{"count":1.5}}`:     "inner.count",
		"{\"name\":\"\xff\"}":         "UTF-8",
		`{"unknown":[1],"rare":[1],}`: "name",
	} {
		if err := outerRecord.Parse([]byte(text), &outer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for want, o := range map[string]outer{
		"any: ":  {Any: map[string]any{"a": math.NaN()}},
		"at: ":   {At: time.Date(12_026, 1, 1, 0, 0, 0, 0, time.UTC)},
		"rare: ": {Rare: []float64{math.Inf(1)}},
	} {
		if _, err := outerRecord.Append(nil, &o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestSameAsEncodingJSON(t *testing.T) { recordtest.Check(t, outerRecord) }
