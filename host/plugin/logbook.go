package plugin

import (
	"bytes"
	"strings"
)

// logbook collects what a guest logs, up to a number of bytes; the rest is cut.
type logbook struct {
	lines   []LogLine
	left    int
	partial [2][]byte // of standard output and standard error: no line end yet
	tail    []byte    // the end of standard error, also when the log is full
}

// lineCost is what a line costs besides its bytes: in the host's log each of them has the run,
// the step and the module's digest with it, and 16,000 empty ones would be megabytes.
const lineCost = 64

// tailBytes is how much of standard error explains a failed command.
const tailBytes = 512

// add logs one message.
func (l *logbook) add(level int32, message []byte) {
	if l.left < lineCost {
		return
	}
	l.left -= lineCost
	message = message[:min(len(message), l.left)]
	l.left -= len(message)
	l.lines = append(l.lines, LogLine{Level: knownLevel(level), Message: strings.ToValidUTF8(string(message), "\uFFFD")})
}

// knownLevel is the nearest of the ABI's four levels that is not above level.
func knownLevel(level int32) int {
	switch {
	case level < 0:
		return -4
	case level < 4:
		return 0
	case level < 8:
		return 4
	}
	return 8
}

// write takes what a guest writes to standard output (stream 0) or standard error
// (1), line by line.
func (l *logbook) write(stream int, b []byte) {
	if stream == 1 {
		l.tail = append(l.tail, b[max(0, len(b)-tailBytes):]...)
		l.tail = l.tail[max(0, len(l.tail)-tailBytes):]
	}
	for len(b) > 0 && l.left >= lineCost {
		// No further than there is room: a guest can offer megabytes without a line end, again
		// and again. A line that is longer is cut there, and ends the log.
		room := max(0, l.left-len(l.partial[stream]))
		line, _, ended := bytes.Cut(b[:min(len(b), room+1)], []byte("\n"))
		l.partial[stream] = append(l.partial[stream], line[:min(len(line), room)]...)
		if ended || len(line) > room {
			l.flush(stream)
		}
		b = b[min(len(b), len(line)+1):]
	}
}

func (l *logbook) flush(stream int) {
	l.add(0, bytes.TrimSuffix(l.partial[stream], []byte("\r")))
	l.partial[stream] = l.partial[stream][:0]
}

// close logs the lines that were not ended.
func (l *logbook) close() {
	for stream := range l.partial {
		if len(l.partial[stream]) > 0 {
			l.flush(stream)
		}
	}
}
