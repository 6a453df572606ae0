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
func fdRead(c *invocation, s []uint64) uint64 {
	if uint32(s[0]) != stdin {
		return wasiBadF
	}
	n, ok := c.vectors(s[1], s[2], c.buffer, func(b []byte) (int, bool) {
		n := copy(b, c.stdin)
		c.stdin = c.stdin[n:]
		return n, len(c.stdin) > 0
	})
	if !ok {
		return wasiInval
	}
	c.putU32(s[3], n)
	return wasiOK
}

// fdWrite writes a command's output document, or to the log.
func fdWrite(c *invocation, s []uint64) uint64 {
	fd := uint32(s[0])
	if fd != stdout && fd != stderr {
		return wasiBadF
	}
	n, ok := c.vectors(s[1], s[2], c.bytes, func(b []byte) (int, bool) {
		if fd == stdout && c.stdout {
			c.write(b)
		} else {
			c.log.write(int(fd)-stdout, b)
		}
		return len(b), true
	})
	if !ok {
		return wasiInval
	}
	c.putU32(s[3], n)
	return wasiOK
}

// fdStatGet describes a stream: no type of file, no flags, and one right.
func fdStatGet(c *invocation, s []uint64) uint64 {
	rights := uint64(rightWrite)
	switch uint32(s[0]) {
	case stdin:
		rights = rightRead
	case stdout, stderr:
	default:
		return wasiBadF
	}
	stat := c.buffer(s[1], 24)
	clear(stat)
	c.putU64(s[1]+8, rights)
	return wasiOK
}
