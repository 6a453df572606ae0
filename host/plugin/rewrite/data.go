package rewrite

import "slices"

// maxGap is the longest run of zeros that is written out to join two segments.
// Applying a segment costs the engine about what copying so many bytes does.
const maxGap = 1 << 10

// mergedData are the data segments as they are written: as they came when an
// instruction names one by its index, else the active ones merged, and the passive
// ones, which nothing can reach, left out.
//
// Segments are applied in order and later ones win. So a segment joins the one
// before it only where it begins at that one's end, or, past a gap, above all that
// was written so far, where memory is still zero.
func (m *Module) mergedData() []data {
	if m.namesData {
		return m.datas
	}
	var merged []data
	var top uint64 // the end of the highest byte written so far
	for _, d := range m.datas {
		if d.passive || len(d.bytes) == 0 {
			continue
		}
		from := uint64(uint32(d.offset.value))
		if n := len(merged); n > 0 && merged[n-1].join(d, from, top) {
			top = max(top, from+uint64(len(d.bytes)))
			continue
		}
		top = max(top, from+uint64(len(d.bytes)))
		d.bytes = slices.Clip(d.bytes) // appending must copy
		merged = append(merged, d)
	}
	return merged
}

// join appends next, which begins at from, if that changes nothing.
func (d *data) join(next data, from, top uint64) bool {
	end := uint64(uint32(d.offset.value)) + uint64(len(d.bytes))
	if from != end && (from < top || from-end > maxGap) {
		return false
	}
	d.bytes = append(d.bytes, make([]byte, from-end)...)
	d.bytes = append(d.bytes, next.bytes...)
	return true
}

func (d data) encode(w *writer) {
	if d.passive {
		w.u32(1)
	} else {
		w.u32(0)
		w.i32(d.offset.value)
		w.byte(opEnd)
	}
	w.bytes(d.bytes)
}
