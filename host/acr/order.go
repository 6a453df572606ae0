package acr

import "slices"

// AtLeast are the values of an order, weakest first, from a minimum on. Never nil: of a
// minimum that the order does not have, nothing is at least as strong.
func AtLeast(order []string, minimum string) []string {
	i := slices.Index(order, minimum)
	if i < 0 {
		return []string{}
	}
	return slices.Clone(order[i:])
}
