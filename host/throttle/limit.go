package throttle

import "time"

// limit is how often one thing may be tried.
type limit struct {
	free    int           // failures that make nobody wait
	first   time.Duration // the wait after the next one; each further one doubles it
	longest time.Duration // the longest wait
	forgive time.Duration // as often as this passes, one failure is forgiven
}

// delay is the wait after so many failures.
func (l limit) delay(failures int) time.Duration {
	d := min(l.first, l.longest)
	for over := failures - l.free; ; over-- {
		switch {
		case over <= 0:
			return 0
		case over == 1 || d == l.longest:
			return d
		}
		d = min(2*d, l.longest)
	}
}

// most is the count at which the wait is the longest. Nothing is counted beyond
// it, or an account that was under attack for a day would take days to recover.
func (l limit) most() int {
	n := l.free + 1
	for l.delay(n) < l.longest {
		n++
	}
	return n
}

// counter is what is kept of one thing that may be tried.
type counter struct {
	Count int       `json:"count"` // of failures, as of Last
	Since time.Time `json:"since"` // from here on the next one is forgiven
	Last  time.Time `json:"last"`  // when the last one was counted

	version int64 // of its record; 0: there is none
}

// wait is how long no attempt is taken. A clock that went back prolongs it by no
// more than the delay itself.
func (l limit) wait(c counter, now time.Time) time.Duration {
	return max(0, l.delay(c.Count)-max(0, now.Sub(c.Last)))
}

// failures are those that are not forgiven yet.
func (l limit) failures(c counter, now time.Time) int {
	return max(0, c.Count-l.forgiven(c, now))
}

func (l limit) forgiven(c counter, now time.Time) int {
	return int(min(int64(c.Count), int64(max(0, now.Sub(c.Since))/l.forgive)))
}

// plus is the counter with one attempt more.
func (l limit) plus(c counter, now time.Time) counter {
	n := l.forgiven(c, now)
	next := counter{Count: min(c.Count-n+1, l.most()), Since: c.Since.Add(time.Duration(n) * l.forgive), Last: now}
	if c.Count == n {
		next.Since = now
	}
	return next
}

// minus is the counter with some attempts less.
func (l limit) minus(c counter, n int) counter {
	c.Count = max(0, c.Count-n)
	return c
}

// expires is when all is forgiven and nobody waits.
func (l limit) expires(c counter) time.Time {
	forgiven := c.Since.Add(time.Duration(c.Count) * l.forgive)
	waited := c.Last.Add(l.delay(c.Count))
	if waited.After(forgiven) {
		return waited
	}
	return forgiven
}
