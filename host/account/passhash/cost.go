package passhash

import "fmt"

// Cost is what a new hash, which is argon2id, takes. Its parallelism is always 1:
// many logins at once use all processors anyway.
type Cost struct {
	MemoryKiB  uint32
	Iterations uint32
}

// The default cost is what OWASP's Password Storage Cheat Sheet asks at least for
// argon2id: 19 MiB, 2 iterations. BenchmarkDefault measures it: 27 ms on a core of an
// AMD EPYC, and 75 in a second on two.
const (
	DefaultMemoryKiB  = 19456
	DefaultIterations = 2
)

// What a hash may cost at most: MaxMemoryKiB of memory, and the time to go over
// maxPasses KiB, some 4 seconds.
const (
	minMemoryKiB  = 8 // RFC 9106 3.1: 8 KiB for each thread
	maxIterations = 64
	maxThreads    = 16
	maxPasses     = 4 << 20
)

// OrDefault is the cost with the default for what is 0.
func (c Cost) OrDefault() Cost {
	if c.MemoryKiB == 0 {
		c.MemoryKiB = DefaultMemoryKiB
	}
	if c.Iterations == 0 {
		c.Iterations = DefaultIterations
	}
	return c
}

// Check says what is wrong with the cost.
func (c Cost) Check() error {
	switch {
	case c.MemoryKiB < minMemoryKiB || c.MemoryKiB > MaxMemoryKiB:
		return fmt.Errorf("memory is %d KiB, must be %d to %d", c.MemoryKiB, minMemoryKiB, MaxMemoryKiB)
	case c.Iterations < 1 || c.Iterations > maxIterations:
		return fmt.Errorf("iterations are %d, must be 1 to %d", c.Iterations, maxIterations)
	case uint64(c.MemoryKiB)*uint64(c.Iterations) > maxPasses:
		return fmt.Errorf("memory times iterations is %d KiB, at most %d are allowed", uint64(c.MemoryKiB)*uint64(c.Iterations), maxPasses)
	}
	return nil
}
