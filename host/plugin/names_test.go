package plugin

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

func TestNames(t *testing.T) {
	n := &names{imported: 1, of: map[uint32]string{}}
	n.readSection([]byte("\x00\x02\x01m\x01\x07\x02\x01\x01a\x02\x01b"))
	got := n.trace("wasm error: unreachable\nwasm stack trace:\n\t.$2(i32) i32\n\t.$3()\n\tacrhost_v1.log(i32,i32,i32)\n\t.$9()\n")
	want := "a(i32) i32|b()|acrhost_v1.log(i32,i32,i32)|function 8()"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
	if got := n.trace("no stack"); got != nil {
		t.Errorf("got %q", got)
	}
	if got := n.trace("wasm stack trace:\n" + strings.Repeat("\t.$2()\n", 100)); len(got) != maxTrace+1 {
		t.Errorf("%d lines", len(got))
	}
}

func FuzzNames(f *testing.F) {
	f.Add([]byte("\x00\x02\x01m\x01\x07\x02\x01\x01a\x02\x01b"))
	f.Add([]byte("\x01\x05\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(_ *testing.T, section []byte) {
		readNames(&rewrite.Module{Customs: []rewrite.Custom{{Name: "name", Data: section}}})
	})
}
