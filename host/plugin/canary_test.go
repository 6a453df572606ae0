package plugin_test

import (
	"fmt"
	"testing"
)

// TestCanaryStores writes a secret by every instruction that stores, at every distance
// from the borders of blocks and pages, one store a call.
func TestCanaryStores(t *testing.T) {
	inCages(t, stores(), func(c *cage) {
		before := "nothing"
		for _, d := range c.deeds {
			for _, border := range []uint32{8192, 65536, 131072} {
				for at := border - 17; at <= border+1; at++ {
					c.does(d.name, at, 0, before)
					before = fmt.Sprintf("%s at %d", d.name, at)
				}
			}
		}
		c.sees(before)
	})
}

// TestCanaryEveryBlock writes to each block by itself.
func TestCanaryEveryBlock(t *testing.T) {
	inCages(t, stores()[:1], func(c *cage) {
		for at := uint32(0); at < 3<<16; at += 4096 {
			c.does("i32.store", at, 0, fmt.Sprintf("a store before %d", at))
		}
		c.sees("a store to the last block")
	})
}

// TestCanaryRanges writes secrets of many lengths over the borders, by the guest's own
// instructions and by the host.
func TestCanaryRanges(t *testing.T) {
	inCages(t, ranges(), func(c *cage) {
		before := "nothing"
		for _, d := range c.deeds {
			for _, at := range []uint32{8191, 8192, 65535, 65536 - 4096, 131071} {
				for _, n := range []uint32{0, 1, 2, 17, 4095, 4096, 4097, 12000} {
					c.does(d.name, at, n, before)
					before = fmt.Sprintf("%s of %d bytes at %d", d.name, n, at)
				}
			}
		}
		c.sees(before)
	})
}

// TestCanaryHostWrites makes the host write what WASI gives, over the borders.
func TestCanaryHostWrites(t *testing.T) {
	inCages(t, hostWrites(), func(c *cage) {
		before := "nothing"
		for _, d := range c.deeds {
			for _, border := range []uint32{8192, 65536} {
				for at := border - 33; at <= border; at++ {
					c.does(d.name, at, 0, before)
					before = fmt.Sprintf("%s at %d", d.name, at)
				}
			}
		}
		c.sees(before)
	})
}

// TestCanaryState writes to all memory, to every global and to grown memory, again and
// again and in every order of two.
func TestCanaryState(t *testing.T) {
	inCages(t, ownState(), func(c *cage) {
		for _, first := range c.deeds {
			for _, second := range c.deeds {
				c.does(first.name, 0, 1, "the pair before")
				c.does(second.name, 0, 5, first.name)
				c.sees(second.name)
			}
		}
	})
}

// TestCanaryAfterFailures leaves a secret everywhere and then fails, in each class.
func TestCanaryAfterFailures(t *testing.T) {
	inCages(t, endings(), func(c *cage) {
		for _, d := range c.deeds {
			for range 2 {
				if class := c.fails(d.name); string(class) != d.name {
					c.t.Errorf("%s: got class %q", d.name, class)
				}
				c.sees("a call that ended in " + d.name)
			}
		}
	})
}
