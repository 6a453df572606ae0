package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// grid is a table: the first column is text, the others are figures.
type grid [][]string

func (g *grid) add(cells ...string) { *g = append(*g, cells) }

// print writes the table, and an empty line after it.
func (g *grid) print(out io.Writer) {
	widths := map[int]int{}
	for _, row := range *g {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range *g {
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
