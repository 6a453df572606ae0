package rewrite_test

import (
	"fmt"
	"strings"
	"testing"
)

// interval is a row of numbers, both ends included.
type interval struct{ from, to uint32 }

func among(n uint32, list []interval) bool {
	for _, i := range list {
		if n >= i.from && n <= i.to {
			return true
		}
	}
	return false
}

// firstBytes are the instructions of WebAssembly 2.0 by their first byte (core
// specification 5.4), with the two prefixes.
var firstBytes = []interval{
	{0x00, 0x05}, {0x0b, 0x11}, {0x1a, 0x1c}, {0x20, 0x26}, {0x28, 0xc4}, {0xd0, 0xd2}, {0xfc, 0xfd},
}

// vectorNumbers are those behind 0xfd.
var vectorNumbers = []interval{
	{0, 153}, {155, 161}, {163, 164}, {167, 174}, {177, 177}, {181, 186}, {188, 193}, {195, 196},
	{199, 206}, {209, 209}, {213, 225}, {227, 237}, {239, 255},
}

// refusal is what the rewriter says to a module whose only function is this code.
func refusal(code []byte) string {
	b := &binaryModule{count: true}
	b.memory(1, 1)
	b.table(1)
	b.datas = [][]byte{{1, 0}}
	b.elems = [][]byte{{1, 0, 0}}
	b.function([]byte{i32}, nil, nil, code)
	b.export("f", 0)
	if _, err := rewritten(b.bytes(), narrow); err != nil {
		return err.Error()
	}
	return ""
}

// TestRefusesUnknownInstructions holds that every instruction that is not of WebAssembly
// 2.0, and no other, is refused for that.
func TestRefusesUnknownInstructions(t *testing.T) {
	zeros := make([]byte, 20)
	for n := range uint32(512) {
		for _, tt := range []struct {
			name  string
			code  []byte
			known []interval
			last  uint32
			want  string
		}{
			{"0x%02x", []byte{byte(n)}, firstBytes, 255, fmt.Sprintf("instruction 0x%02x is not", n)},
			{"0xfc %d", join([]byte{0xfc}, uleb(n)), []interval{{0, 17}}, 511, fmt.Sprintf("instruction 0xfc %d is not", n)},
			{"0xfd %d", join([]byte{0xfd}, uleb(n)), vectorNumbers, 511, fmt.Sprintf("vector instruction %d is not", n)},
		} {
			if n > tt.last {
				continue
			}
			got := refusal(join(tt.code, zeros))
			if among(n, tt.known) == strings.Contains(got, tt.want) {
				t.Errorf("%s: %q", fmt.Sprintf(tt.name, n), got)
			}
		}
	}
}

// TestRefusesProposals holds the same for what is behind those numbers, by its name.
func TestRefusesProposals(t *testing.T) {
	tests := map[string][]byte{
		"threads: atomic.fence":            {0xfe, 0x03, 0},
		"threads: i32.atomic.store":        {0xfe, 0x17, 2, 0},
		"threads: i32.atomic.rmw.add":      {0xfe, 0x1e, 2, 0},
		"tail calls: return_call":          {0x12, 0},
		"tail calls: return_call_indirect": {0x13, 0, 0},
		"tail calls: return_call_ref":      {0x15, 0},
		"function references: call_ref":    {0x14, 0},
		"function references: br_on_null":  {0xd5, 0},
		"exceptions: throw":                {0x08, 0},
		"exceptions: throw_ref":            {0x0a},
		"exceptions: try_table":            {0x1f, 0x40, 0},
		"exceptions: try, the old one":     {0x06, 0x40},
		"exceptions: catch_all":            {0x19},
		"garbage collection: struct.new":   {0xfb, 0, 0},
		"garbage collection: ref.i31":      {0xfb, 28},
		"garbage collection: ref.eq":       {0xd3},
		"wide arithmetic: i64.add128":      {0xfc, 19},
		"relaxed vectors: swizzle":         {0xfd, 0x80, 2},
		"stack switching: cont.new":        {0xe0, 0},
		"several memories: i32.load":       {0x20, 0, 0x28, 0x40, 1, 0},
		"several memories: i32.store":      {0x20, 0, 0x20, 0, 0x36, 0x42, 0, 0},
		"several memories: v128.store":     {0x20, 0, 0xfd, 11, 0x44, 0, 0},
		"several memories: store8_lane":    {0x20, 0, 0xfd, 88, 0x40, 0, 0, 0},
		"several memories: memory.size":    {0x3f, 1},
		"several memories: memory.grow":    {0x20, 0, 0x40, 1},
		"several memories: memory.fill":    {0xfc, 11, 1},
		"several memories: memory.copy to": {0xfc, 10, 1, 0},
		"several memories: and from":       {0xfc, 10, 0, 1},
		"several memories: memory.init":    {0xfc, 8, 0, 1},
		"typed select of two":              {0x1c, 2, i32, 0x63, 0},
		"ref.null any":                     {0xd0, 0x6e},
		"ref.null exn":                     {0xd0, 0x69},
		"a block that gives an exnref":     {0x02, 0x69, 0x0b},
		"a block of a reference type":      {0x02, 0x63, 0, 0x0b},
		"a block of no type":               {0x02, 0x05, 0x0b},
	}
	for name, code := range tests {
		if got := refusal(append(code, 0x0b)); got == "" {
			t.Errorf("%s: let pass", name)
		}
	}
	if got := refusal([]byte{0x0b}); got != "" {
		t.Errorf("nothing: %s", got)
	}
}
