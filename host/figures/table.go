package figures

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is a table of rows: the first column is text, the others are figures. The zero value
// has no rows.
type Table [][]string

// Add adds a row, which may have fewer cells than others.
func (t *Table) Add(cells ...string) { *t = append(*t, cells) }

// Print writes the table, and an empty line after it.
func (t *Table) Print(out io.Writer) {
	widths := map[int]int{}
	for _, row := range *t {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range *t {
		var line strings.Builder
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString(cell + space)
			} else {
				line.WriteString("  " + space + cell)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
	fmt.Fprintln(out)
}
