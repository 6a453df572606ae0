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

// section is one section in the binary format.
func section(id byte, parts ...[]byte) []byte {
	return append([]byte{id}, sized(join(parts...))...)
}

// TestRefusesSections holds what may not stand outside of the code.
func TestRefusesSections(t *testing.T) {
	text := func(s string) []byte { return sized([]byte(s)) }
	functions := join(section(1, []byte{1, 0x60, 0, 0}), section(3, []byte{1, 0}))
	body := section(10, []byte{1, 2, 0, 0x0b})
	reserved := func(name string) []byte {
		return join(functions, section(7, []byte{1}, text(name), []byte{0, 0}), body)
	}
	importing := func(module, name string, kind ...byte) []byte {
		return join(section(1, []byte{1, 0x60, 0, 0}), section(2, []byte{1}, text(module), text(name), kind))
	}
	tests := map[string]struct {
		sections []byte
		want     string
	}{
		"tags":                             {section(13, []byte{1, 0, 0}), "section 13"},
		"strings":                          {section(14, []byte{0}), "section 14"},
		"a section of no kind":             {section(255, nil), "section 255"},
		"two memory sections":              {join(section(5, []byte{0}), section(5, []byte{0})), "out of order or repeated"},
		"sections out of order":            {join(section(5, []byte{0}), section(4, []byte{0})), "out of order"},
		"a struct type":                    {section(1, []byte{1, 0x5f, 0}), "type form 0x5f"},
		"an array type":                    {section(1, []byte{1, 0x5e, i32, 0}), "type form 0x5e"},
		"a recursive group":                {section(1, []byte{1, 0x4e, 0}), "type form 0x4e"},
		"a subtype":                        {section(1, []byte{1, 0x50, 0}), "type form 0x50"},
		"a continuation type":              {section(1, []byte{1, 0x5d, 0}), "type form 0x5d"},
		"two memories":                     {section(5, []byte{2, 0, 1, 0, 1}), "2 memories"},
		"a shared memory":                  {section(5, []byte{1, 3, 1, 1}), "limits 0x03"},
		"a 64-bit memory":                  {section(5, []byte{1, 4, 1}), "limits 0x04"},
		"a 64-bit memory with a maximum":   {section(5, []byte{1, 5, 1, 1}), "limits 0x05"},
		"a memory of small pages":          {section(5, []byte{1, 8, 1, 0}), "limits 0x08"},
		"a 64-bit table":                   {section(4, []byte{1, 0x70, 4, 1}), "limits 0x04"},
		"a shared table":                   {section(4, []byte{1, 0x70, 3, 1, 1}), "limits 0x03"},
		"a table of any":                   {section(4, []byte{1, 0x6e, 0, 1}), "0x6e is not a reference type"},
		"a table of typed references":      {section(4, []byte{1, 0x63, 0, 0, 1}), "0x63 is not a reference type"},
		"a table with an initial value":    {section(4, []byte{1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b}), "0x40 is not a reference type"},
		"a table of numbers":               {section(4, []byte{1, i32, 0, 1}), "0x7f is not a reference type"},
		"a sum in a global":                {section(6, []byte{1, i32, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b}), "more than one instruction"},
		"a global in a global":             {section(6, []byte{2, i32, 0, 0x41, 1, 0x0b, i32, 0, 0x23, 0, 0x0b}), "instruction 0x23"},
		"a vector's sum in a global":       {section(6, []byte{1, v128, 0, 0xfd, 0xae, 1, 0x0b}), "vector instruction 174"},
		"an object in a global":            {section(6, []byte{1, 0x6e, 0, 0xd0, 0x6e, 0x0b}), "0x6e is not a value type"},
		"a global of odd mutability":       {section(6, []byte{1, i32, 2, 0x41, 0, 0x0b}), "mutability 0x02"},
		"a global where a segment begins":  {join(section(5, []byte{1, 0, 1}), section(6, []byte{1, i32, 0, 0x41, 0, 0x0b}), section(11, []byte{1, 0, 0x23, 0, 0x0b, 0})), "instruction 0x23"},
		"a sum where a segment begins":     {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 0, 0x41, 0, 0x41, 0, 0x6a, 0x0b, 0})), "more than one instruction"},
		"a data segment of a new form":     {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 3, 0})), "data segment of form 3"},
		"a data segment of a new memory":   {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 2, 1, 0x41, 0, 0x0b, 0})), "memory 1"},
		"an element segment of a new form": {section(9, []byte{1, 8, 0}), "element segment of form 8"},
		"an imported memory":               {importing("env", "x", 2, 0, 1), "env.x is a memory"},
		"an imported shared memory":        {importing("env", "x", 2, 3, 1, 1), "limits 0x03"},
		"an imported 64-bit memory":        {importing("env", "x", 2, 4, 1), "limits 0x04"},
		"an imported table":                {importing("env", "x", 1, 0x70, 0, 1), "env.x is a table"},
		"an imported global":               {importing("env", "x", 3, i32, 0), "env.x is a global"},
		"an imported mutable global":       {importing("env", "x", 3, i32, 1), "env.x is a global"},
		"an imported tag":                  {importing("env", "x", 4, 0, 0), "import of kind 4"},
		"the runtime's refill":             {importing("acrhost_rt", "refill", 0, 0), "acrhost_rt.refill is reserved"},
		"anything of the runtime's":        {importing("acrhost_rt", "x", 0, 0), "acrhost_rt.x is reserved"},
		"the fuel's name":                  {reserved("acrhost.fuel"), "reserved"},
		"the depth's name":                 {reserved("acrhost.depth"), "reserved"},
		"the refusal's name":               {reserved("acrhost.refused"), "reserved"},
		"the start's name":                 {reserved("acrhost.start"), "reserved"},
		"the marks' names":                 {reserved("acrhost.dirty"), "reserved"},
		"a mark's name":                    {reserved("acrhost.dirty_bits"), "reserved"},
		"a global's name":                  {reserved("acrhost.global.0"), "reserved"},
		"any name with the prefix":         {reserved("acrhost."), "reserved"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := rewritten(append([]byte("\x00asm\x01\x00\x00\x00"), tt.sections...), narrow)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	for _, name := range []string{"acrhost", "acrhost_step_v1", "Acrhost.fuel"} {
		if _, err := rewritten(append([]byte("\x00asm\x01\x00\x00\x00"), reserved(name)...), narrow); err != nil {
			t.Errorf("the export %q: %v", name, err)
		}
	}
}

// TestRefusesUnknownTypes holds that there are seven types of values, wherever one may
// stand.
func TestRefusesUnknownTypes(t *testing.T) {
	known := []interval{{0x6f, 0x70}, {0x7b, 0x7f}}
	for b := range 256 {
		v := byte(b)
		for place, sections := range map[string][]byte{
			"parameter": section(1, []byte{1, 0x60, 1, v, 0}),
			"result":    section(1, []byte{1, 0x60, 0, 1, v}),
			"local":     join(section(1, []byte{1, 0x60, 0, 0}), section(3, []byte{1, 0}), section(10, []byte{1, 4, 1, 1, v, 0x0b})),
			"global":    section(6, []byte{1, v, 0, 0x41, 0, 0x0b}),
			"block":     join(section(1, []byte{1, 0x60, 0, 0}), section(3, []byte{1, 0}), section(10, []byte{1, 6, 0, 0x02, v, 0x00, 0x0b, 0x0b})),
		} {
			_, err := rewritten(append([]byte("\x00asm\x01\x00\x00\x00"), sections...), narrow)
			want := among(uint32(b), known) || place == "block" && (v == 0x40 || v == 0 || v == 0x80) // nothing, or type 0
			if want != (err == nil) {
				t.Errorf("%s of type 0x%02x: %v", place, v, err)
			}
		}
	}
}
