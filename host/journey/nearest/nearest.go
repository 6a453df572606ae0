// Package nearest finds what a mistyped name was meant to be, for hints.
package nearest

// Name is the known name that is closest to word, or empty when none is close
// enough to be worth a hint: at most a third of the letters may differ. Of
// equally close names the first counts, so a sorted list gives a stable hint.
func Name(word string, known []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); k != word && d < least {
			best, least = k, d
		}
	}
	return best
}

// Hint is the name as a question, or empty.
func Hint(word string, known []string) string {
	if n := Name(word, known); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// distance counts the edits that lead from a to b: a byte inserted, removed or
// replaced, or two neighbours swapped (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
