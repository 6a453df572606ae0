package main

import "unsafe"

// What sdk/ABI.md offers to a guest, as far as the canary uses it.

//go:wasmimport acrhost_v1 input_len
func inputLen() uint32

//go:wasmimport acrhost_v1 input_read
func inputRead(to unsafe.Pointer, capacity, off uint32) uint32

//go:wasmimport acrhost_v1 output_write
func outputWrite(from unsafe.Pointer, n uint32)

//go:wasmimport wasi_snapshot_preview1 fd_renumber
func fdRenumber(from, to int32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_close
func fdClose(fd int32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_fdstat_get
func fdStatGet(fd int32, to unsafe.Pointer) uint32

func input() []byte {
	b := make([]byte, inputLen())
	n := inputRead(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b)), 0)
	return b[:n]
}

func output(b []byte) { outputWrite(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b))) }
