package rewrite

// maxGap is the longest run of zeros that is written out to join two segments.
// Applying a segment costs the engine about what copying so many bytes does.
const maxGap = 1 << 10

// maxImage is up to which byte of memory segments are merged.
const maxImage = 64 << 20

// mergedData are the data segments as they are written: as they came when an
// instruction names one by its index, else the active ones merged, and the passive
// ones, which nothing can reach, left out.
//
// Segments are applied in order and later ones win, to a memory of zeros; all are known
// to lie within it. So what they amount to is known here: it is written as segments
// again, without the long runs of zeros.
func (m *Module) mergedData() []data {
	top := uint64(0)
	for _, d := range m.datas {
		if !d.passive {
			top = max(top, d.end())
		}
	}
	if m.namesData || top > maxImage {
		return m.datas
	}
	image := make([]byte, top)
	for _, d := range m.datas {
		if !d.passive {
			copy(image[d.from():], d.bytes)
		}
	}
	return split(image)
}

// split gives the parts of an image that are not zero.
func split(image []byte) []data {
	var parts []data
	for from := nextSet(image, 0); from < len(image); {
		end := from
		next := from
		for next < len(image) && next-end <= maxGap {
			if image[next] != 0 {
				end = next + 1
			}
			next++
		}
		parts = append(parts, data{offset: constant{value: int32(uint32(from))}, bytes: image[from:end:end]})
		from = nextSet(image, next)
	}
	return parts
}

// nextSet is the index of the first byte from at on that is not zero, or the length.
func nextSet(image []byte, at int) int {
	for at < len(image) && image[at] == 0 {
		at++
	}
	return at
}

func (d data) from() uint64 { return uint64(uint32(d.offset.value)) }
func (d data) end() uint64  { return d.from() + uint64(len(d.bytes)) }

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
