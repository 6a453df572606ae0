package plugin

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
)

// maxTrace bounds a trace, in lines.
const maxTrace = 50

// names are those of a module's functions, by their index in the module as it came. They
// are kept only for who develops it, see Spec.Trace.
type names struct {
	imported int // functions, which come first
	of       map[uint32]string
}

// readNames reads the section name of a module, as far as it makes sense: it means
// nothing to the module's working (WebAssembly core specification 7.4).
func readNames(d *rewrite.Module) *names {
	n := &names{of: map[uint32]string{}}
	for _, i := range d.Imports {
		if i.Kind == rewrite.Func {
			n.imported++
		}
	}
	for _, c := range d.Customs {
		if c.Name == "name" {
			n.readSection(c.Data)
		}
	}
	return n
}

// functionNames is the subsection that matters (7.4.2).
const functionNames = 1

func (n *names) readSection(data []byte) {
	for len(data) > 0 {
		id := data[0]
		content, rest, ok := vectorOfBytes(data[1:])
		if !ok {
			return
		}
		if id == functionNames {
			n.readMap(content)
		}
		data = rest
	}
}

func (n *names) readMap(data []byte) {
	count, used := binary.Uvarint(data)
	if used <= 0 {
		return
	}
	data = data[used:]
	for range count {
		index, used := binary.Uvarint(data)
		if used <= 0 || index > 1<<31 {
			return
		}
		name, rest, ok := vectorOfBytes(data[used:])
		if !ok {
			return
		}
		n.of[uint32(index)] = string(name)
		data = rest
	}
}

// vectorOfBytes reads a length and so many bytes.
func vectorOfBytes(data []byte) (content, rest []byte, ok bool) {
	size, used := binary.Uvarint(data)
	if used <= 0 || size > uint64(len(data)-used) {
		return nil, nil, false
	}
	return data[used : used+int(size)], data[used+int(size):], true
}

// frame is a function of the guest in the engine's own trace: ".$12(i32) i32".
var frame = regexp.MustCompile(`^\.\$(\d+)(\(.*)$`)

// trace is the guest's stack in what the engine says of a call that didn't return,
// innermost first. The rewriter put one import behind the guest's own: the indices are
// counted as the module has them.
func (n *names) trace(text string) []string {
	_, stack, found := strings.Cut(text, "wasm stack trace:")
	if !found {
		return nil
	}
	var lines []string
	for line := range strings.Lines(stack) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if len(lines) == maxTrace {
			return append(lines, "…")
		}
		lines = append(lines, n.named(line))
	}
	return lines
}

func (n *names) named(line string) string {
	parts := frame.FindStringSubmatch(line)
	if parts == nil {
		return oneLine(line)
	}
	index, err := strconv.Atoi(parts[1])
	if err != nil {
		return oneLine(line)
	}
	if index > n.imported {
		index--
	}
	name, ok := n.of[uint32(index)]
	if !ok {
		name = fmt.Sprintf("function %d", index)
	}
	return oneLine(strings.ToValidUTF8(name, "\uFFFD") + parts[2])
}
