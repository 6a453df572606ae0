package rewrite_test

import (
	"bytes"
	"strings"
	"testing"
)

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
		"tags":                             {section(13, []byte{1, 0, 0}), "tag section: not"},
		"strings":                          {section(14, []byte{0}), "section 14"},
		"a section of no kind":             {section(255, nil), "section 255"},
		"two memory sections":              {join(section(5, []byte{0}), section(5, []byte{0})), "out of order or repeated"},
		"sections out of order":            {join(section(5, []byte{0}), section(4, []byte{0})), "out of order"},
		"a struct type":                    {section(1, []byte{1, 0x5f, 0}), "type form 0x5f"},
		"an array type":                    {section(1, []byte{1, 0x5e, i32, 0}), "type form 0x5e"},
		"a recursive group":                {section(1, []byte{1, 0x4e, 0}), "type form 0x4e"},
		"a type with very many parameters": {section(1, join([]byte{1, 0x60}, sized(bytes.Repeat([]byte{i32}, 1001)), []byte{0})), "more than 1000 parameters"},
		"a type with very many results":    {section(1, join([]byte{1, 0x60, 0}, sized(bytes.Repeat([]byte{i32}, 1001)))), "more than 1000 parameters or results"},
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
		"a global in a global":             {section(6, []byte{2, i32, 0, 0x41, 1, 0x0b, i32, 0, 0x23, 0, 0x0b}), "global.get in a constant"},
		"a vector's sum in a global":       {section(6, []byte{1, v128, 0, 0xfd, 0xae, 1, 0x0b}), "vector instruction 174"},
		"an object in a global":            {section(6, []byte{1, 0x6e, 0, 0xd0, 0x6e, 0x0b}), "0x6e is not a value type"},
		"a global of odd mutability":       {section(6, []byte{1, i32, 2, 0x41, 0, 0x0b}), "mutability 0x02"},
		"a global where a segment begins":  {join(section(5, []byte{1, 0, 1}), section(6, []byte{1, i32, 0, 0x41, 0, 0x0b}), section(11, []byte{1, 0, 0x23, 0, 0x0b, 0})), "global.get in a constant"},
		"a sum where a segment begins":     {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 0, 0x41, 0, 0x41, 0, 0x6a, 0x0b, 0})), "more than one instruction"},
		"a data segment of a new form":     {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 3, 0})), "data segment of form 3"},
		"a data segment of a new memory":   {join(section(5, []byte{1, 0, 1}), section(11, []byte{1, 2, 1, 0x41, 0, 0x0b, 0})), "memory 1"},
		"an element segment of a new form": {section(9, []byte{1, 8, 0}), "element segment of form 8"},
		"an imported memory":               {importing("env", "x", 2, 0, 1), `"env.x" is a memory`},
		"an imported shared memory":        {importing("env", "x", 2, 3, 1, 1), "limits 0x03"},
		"an imported 64-bit memory":        {importing("env", "x", 2, 4, 1), "limits 0x04"},
		"an imported table":                {importing("env", "x", 1, 0x70, 0, 1), `"env.x" is a table`},
		"an imported global":               {importing("env", "x", 3, i32, 0), `"env.x" is a global`},
		"an imported mutable global":       {importing("env", "x", 3, i32, 1), `"env.x" is a global`},
		"an imported tag":                  {importing("env", "x", 4, 0, 0), `"env.x" is a tag`},
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
