// Package resident gives back to the operating system what the process holds in memory
// and does not need for now: what the collector has freed, and the pages of the program
// itself, most of which only a start runs.
package resident
