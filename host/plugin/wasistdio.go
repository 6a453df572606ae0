package plugin

// The three streams.
const (
	stdin  = 0
	stdout = 1
	stderr = 2
)

// Rights of WASI preview 1.
const (
	rightRead  = 1 << 1
	rightWrite = 1 << 6
)

// fdRead reads standard input: a command's input document, else nothing.
func fdRead(in *invocation, s []uint64) uint64 {
	if uint32(s[0]) != stdin {
		return wasiBadF
	}
	n, ok := in.vectors(s[1], s[2], func(ptr uint64, b []byte) (int, bool) {
		n := copy(b, in.stdin)
		in.instance.wrote(uint32(ptr), uint32(n))
		in.stdin = in.stdin[n:]
		return n, len(in.stdin) > 0
	})
	if !ok {
		return wasiInval
	}
	in.putU32(s[3], n)
	return wasiOK
}

// fdWrite writes a command's output document, or to the log.
func fdWrite(in *invocation, s []uint64) uint64 {
	fd := uint32(s[0])
	if fd != stdout && fd != stderr {
		return wasiBadF
	}
	n, ok := in.vectors(s[1], s[2], func(_ uint64, b []byte) (int, bool) {
		if fd == stdout && in.stdout {
			in.write(b)
		} else {
			in.log.write(int(fd)-stdout, b)
		}
		return len(b), true
	})
	if !ok {
		return wasiInval
	}
	in.putU32(s[3], n)
	return wasiOK
}

// fdStatGet describes a stream: no type of file, no flags, and one right.
func fdStatGet(in *invocation, s []uint64) uint64 {
	rights := uint64(rightWrite)
	switch uint32(s[0]) {
	case stdin:
		rights = rightRead
	case stdout, stderr:
	default:
		return wasiBadF
	}
	stat := in.buffer(s[1], 24)
	clear(stat)
	in.putU64(s[1]+8, rights)
	return wasiOK
}
