package guest

import "unsafe"

//go:wasmimport acrhost_v1 input_len
func inputLen() uint32

//go:wasmimport acrhost_v1 input_read
func inputRead(ptr unsafe.Pointer, capacity, off uint32) uint32

//go:wasmimport acrhost_v1 output_write
func outputWrite(ptr unsafe.Pointer, n uint32)

//go:wasmimport acrhost_v1 result_len
func resultLen() uint32

//go:wasmimport acrhost_v1 result_read
func resultRead(ptr unsafe.Pointer, capacity, off uint32) uint32

//go:wasmimport acrhost_v1 log
func hostLog(level int32, ptr unsafe.Pointer, n uint32)

// Input pulls the input document.
func Input() []byte { return pull(inputLen(), inputRead) }

// Output appends to the output document.
func Output(b []byte) { outputWrite(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b))) }

// Log writes one line to the host's log. Levels are those of log/slog.
func Log(level int32, line string) {
	hostLog(level, unsafe.Pointer(unsafe.StringData(line)), uint32(len(line)))
}

// Call hands a request to an imported capability and pulls its answer.
func Call(imported func(ptr unsafe.Pointer, n uint32) uint32, request []byte) (status int32, answer []byte) {
	status = int32(imported(unsafe.Pointer(unsafe.SliceData(request)), uint32(len(request))))
	return status, pull(resultLen(), resultRead)
}

// pull copies a document of n bytes out of the host. A host that says one length
// and gives another is believed in what it gives.
func pull(n uint32, read func(ptr unsafe.Pointer, capacity, off uint32) uint32) []byte {
	b := make([]byte, n)
	var off uint32
	for off < n {
		got := read(unsafe.Pointer(&b[off]), n-off, off)
		if got == 0 || got > n-off {
			break
		}
		off += got
	}
	return b[:off]
}
