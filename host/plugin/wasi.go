package plugin

import (
	"encoding/binary"
	"math"
	"time"
)

// Error numbers of WASI preview 1.
const (
	wasiOK    = 0
	wasiBadF  = 8
	wasiInval = 28
	wasiNoSys = 52
)

// wasiFuncs are the functions of WASI preview 1, all of them, so that the output of
// ordinary toolchains loads. There are no files, no sockets and no environment: what
// isn't listed in wasiImplemented answers ENOSYS. A bad pointer is a trap, as
// everywhere.
func wasiFuncs() []hostFunc {
	implemented := wasiImplemented()
	funcs := make([]hostFunc, 0, len(wasiTypes()))
	for name, typ := range wasiTypes() {
		run, ok := implemented[name]
		if !ok {
			run = func(*invocation, []uint64) uint64 { return wasiNoSys }
		}
		t := signature(typ)
		funcs = append(funcs, hostFunc{name, t, func(in *invocation, s []uint64) {
			if errno := run(in, s); len(t.Results) > 0 {
				s[0] = errno
			}
		}})
	}
	return funcs
}

func wasiImplemented() map[string]func(*invocation, []uint64) uint64 {
	ok := func(*invocation, []uint64) uint64 { return wasiOK }
	return map[string]func(*invocation, []uint64) uint64{
		"args_get":          argsGet,
		"args_sizes_get":    argsSizesGet,
		"environ_get":       ok,
		"environ_sizes_get": environSizesGet,
		"clock_res_get":     clockResGet,
		"clock_time_get":    clockTimeGet,
		"random_get":        randomGet,
		"fd_read":           fdRead,
		"fd_write":          fdWrite,
		"fd_fdstat_get":     fdStatGet,
		"fd_prestat_get":    func(*invocation, []uint64) uint64 { return wasiBadF }, // nothing is preopened
		"fd_close":          ok,                                                     // a guest must not close the output of the next login
		"fd_renumber":       ok,
		"poll_oneoff":       pollOneoff,
		"sched_yield":       ok,
		"proc_exit":         procExit,
	}
}

// wasiTypes are the types of all functions of preview 1.
func wasiTypes() map[string]string {
	return map[string]string{
		"args_get": "ii:i", "args_sizes_get": "ii:i", "environ_get": "ii:i", "environ_sizes_get": "ii:i",
		"clock_res_get": "ii:i", "clock_time_get": "iIi:i", "random_get": "ii:i",
		"fd_advise": "iIIi:i", "fd_allocate": "iII:i", "fd_close": "i:i", "fd_datasync": "i:i",
		"fd_fdstat_get": "ii:i", "fd_fdstat_set_flags": "ii:i", "fd_fdstat_set_rights": "iII:i",
		"fd_filestat_get": "ii:i", "fd_filestat_set_size": "iI:i", "fd_filestat_set_times": "iIIi:i",
		"fd_pread": "iiiIi:i", "fd_prestat_get": "ii:i", "fd_prestat_dir_name": "iii:i", "fd_pwrite": "iiiIi:i",
		"fd_read": "iiii:i", "fd_readdir": "iiiIi:i", "fd_renumber": "ii:i", "fd_seek": "iIii:i",
		"fd_sync": "i:i", "fd_tell": "ii:i", "fd_write": "iiii:i",
		"path_create_directory": "iii:i", "path_filestat_get": "iiiii:i", "path_filestat_set_times": "iiiiIIi:i",
		"path_link": "iiiiiii:i", "path_open": "iiiiiIIii:i", "path_readlink": "iiiiii:i",
		"path_remove_directory": "iii:i", "path_rename": "iiiiii:i", "path_symlink": "iiiii:i", "path_unlink_file": "iii:i",
		"poll_oneoff": "iiii:i", "proc_exit": "i:", "proc_raise": "i:i", "sched_yield": ":i",
		"sock_accept": "iii:i", "sock_recv": "iiiiii:i", "sock_send": "iiiii:i", "sock_shutdown": "ii:i",
	}
}

func argsSizesGet(in *invocation, s []uint64) uint64 {
	size := 0
	for _, a := range in.args {
		size += len(a) + 1
	}
	in.putU32(s[0], uint32(len(in.args)))
	in.putU32(s[1], uint32(size))
	return wasiOK
}

func argsGet(in *invocation, s []uint64) uint64 {
	argv, at := s[0], s[1]
	for _, a := range in.args {
		in.putU32(argv, uint32(at))
		copy(in.buffer(at, uint64(len(a)+1)), a+"\x00")
		argv, at = argv+4, at+uint64(len(a)+1)
	}
	return wasiOK
}

func environSizesGet(in *invocation, s []uint64) uint64 {
	in.putU32(s[0], 0)
	in.putU32(s[1], 0)
	return wasiOK
}

func clockResGet(in *invocation, s []uint64) uint64 {
	if uint32(s[0]) > 1 {
		return wasiInval
	}
	in.putU64(s[1], 1)
	return wasiOK
}

// clockTimeGet gives the real time (0) or the monotonic one (1), in nanoseconds. The
// monotonic clock begins with the instance, and stands still while a restored one
// waits for its next call: it says nothing of the host.
func clockTimeGet(in *invocation, s []uint64) uint64 {
	now, ok := in.clock(uint32(s[0]))
	if !ok {
		return wasiInval
	}
	in.putU64(s[2], uint64(now))
	return wasiOK
}

func (in *invocation) clock(id uint32) (int64, bool) {
	in.drew = in.drew || id <= 1
	switch {
	case in.stands && id <= 1:
		return int64(in.skew), true
	case id == 0:
		return time.Now().Add(in.skew).UnixNano(), true
	case id == 1:
		return int64(in.instance.lived + in.skew + in.elapsed()), true
	}
	return 0, false
}

// randomChunk is how much randomness is made between two looks at the clock.
const randomChunk = 64 << 10

func randomGet(in *invocation, s []uint64) uint64 {
	b := in.buffer(s[0], s[1])
	for len(b) > 0 {
		n := min(len(b), randomChunk)
		in.drew = true
		in.random(b[:n])
		in.worked += int64(n)
		b = b[n:]
		in.checkTime()
	}
	return wasiOK
}

func procExit(in *invocation, s []uint64) uint64 {
	in.exited, in.code = true, uint32(s[0])
	panic(exitCall{})
}

// vectorWork is how many bytes of a list and its buffers are handled between two looks
// at the clock.
const vectorWork = 64 << 10

// vectors calls use for every buffer of a list of (ptr, len) pairs, until it returns false,
// and gives the sum of what it says that it handled. A list can have millions.
func (in *invocation) vectors(list, count uint64, use func(ptr uint64, b []byte) (int, bool)) (uint32, bool) {
	n := uint64(uint32(count)) * 8
	if n > math.MaxUint32 {
		return 0, false
	}
	pairs := in.bytes(list, n)
	var total uint64
	work := 0
	for ; len(pairs) > 0; pairs = pairs[8:] {
		if work > vectorWork {
			in.worked += int64(work)
			in.checkTime()
			work = 0
		}
		ptr, size := uint64(binary.LittleEndian.Uint32(pairs)), uint64(binary.LittleEndian.Uint32(pairs[4:]))
		n, more := use(ptr, in.bytes(ptr, size))
		work += 8 + n
		if total += uint64(n); total > math.MaxInt32 {
			return 0, false
		}
		if !more {
			break
		}
	}
	in.worked += int64(work)
	return uint32(total), true
}
