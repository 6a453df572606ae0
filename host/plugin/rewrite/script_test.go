package rewrite_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
)

// script is a test of the WebAssembly specification as wast2json writes it.
type script struct {
	Commands []command `json:"commands"`
}

type command struct {
	Type     string `json:"type"`
	Line     int    `json:"line"`
	Filename string `json:"filename"`
	Action   struct {
		Type   string  `json:"type"`
		Module string  `json:"module"`
		Field  string  `json:"field"`
		Args   []value `json:"args"`
	} `json:"action"`
}

type value struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type"`
	Value    json.RawMessage `json:"value"`
}

// bits is the value as the engine takes it.
func (v value) bits(t *testing.T) []uint64 {
	if v.Type == "v128" {
		return v.lanes(t)
	}
	var s string
	if err := json.Unmarshal(v.Value, &s); err != nil {
		t.Fatal(err)
	}
	return []uint64{number(t, s, 64)}
}

func (v value) lanes(t *testing.T) []uint64 {
	width, err := strconv.Atoi(v.LaneType[1:])
	if err != nil {
		t.Fatal(err)
	}
	var lanes []string
	if err := json.Unmarshal(v.Value, &lanes); err != nil {
		t.Fatal(err)
	}
	var out [2]uint64
	for i, s := range lanes {
		bit := i * width
		out[bit/64] |= number(t, s, width) << (bit % 64)
	}
	return out[:]
}

func number(t *testing.T, s string, width int) uint64 {
	switch {
	case s == "null":
		return 0
	case strings.HasPrefix(s, "nan"):
		return math.MaxUint64 >> (64 - width)
	case strings.HasPrefix(s, "-"):
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return uint64(n) & (math.MaxUint64 >> (64 - width))
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
