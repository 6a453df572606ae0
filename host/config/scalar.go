package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

func (t *table) text(key string, to *string) {
	n := t.take(key)
	if n == nil {
		return
	}
	s, ok := n.value.(string)
	if !ok {
		t.wrong(key, n, "a string")
		return
	}
	*to = s
}

// checked reads a string that has to pass a check, which says what is wrong with
// it and what would be right.
func (t *table) checked(key string, to *string, check func(string) *flaw) {
	n := t.take(key)
	if n == nil {
		return
	}
	t.text(key, to)
	if _, ok := n.value.(string); ok {
		t.r.rule(n.pos, key+" in "+t.name, check(*to))
	}
}

// oneOf reads a string that must be one of a few.
func (t *table) oneOf(key string, to *string, allowed ...string) {
	s := *to
	t.text(key, &s)
	if s != *to && !slices.Contains(allowed, s) {
		hint := nearest.Hint(s, allowed)
		t.r.fault(t.pos(key), hint, "%s in %s is %s, expected one of: %s", key, t.name, quoted(s), strings.Join(allowed, ", "))
		return
	}
	*to = s
}

// path reads the name of a file, as seen from the folder of the file that names it.
func (t *table) path(key string, to *string) {
	var s string
	t.text(key, &s)
	if s != "" {
		*to = t.members()[key].beside(s)
	}
}

// secret reads a secret, or with _env behind its name the environment variable
// that holds it.
func (t *table) secret(key string, to *Secret) {
	var s, name string
	t.text(key, &s)
	t.checked(key+"_env", &name, checkEnv)
	if checkEnv(name) != nil {
		*to = Secret(s)
		return
	}
	if s != "" {
		t.r.fault(t.pos(key+"_env"), "keep one of the two", "%s has both %s and %s_env", t.name, key, key)
		return
	}
	value, ok := t.r.env(name)
	if !ok || value == "" {
		t.r.fault(t.pos(key+"_env"), "set it before acrhost starts", "the environment variable %s, which %s_env names, is not set", name, key)
		return
	}
	*to = Secret(value)
}

// hasSecret says whether a secret is given in either way.
func (t *table) hasSecret(key string) bool { return t.has(key) || t.has(key+"_env") }

func (t *table) flag(key string, to *bool) {
	n := t.take(key)
	if n == nil {
		return
	}
	b, ok := n.value.(bool)
	if !ok {
		t.wrong(key, n, "true or false")
		return
	}
	*to = b
}

// duration reads a length of time as Go writes it, more than none.
func (t *table) duration(key string, to *time.Duration) {
	n := t.take(key)
	if n == nil {
		return
	}
	const want = `a duration as "90s", "15m" or "12h"`
	s, ok := n.value.(string)
	if !ok {
		t.wrong(key, n, want)
		return
	}
	d, err := parseDuration(s)
	switch {
	case err != nil:
		t.r.fault(n.pos, "a day is 24h", "%s in %s is %s, expected %s", key, t.name, quoted(s), want)
	case d <= 0:
		t.r.fault(n.pos, "", "%s in %s is %s, it must be more than none", key, t.name, s)
	default:
		*to = d
	}
}

// lifetime is a duration that tokens tell in whole seconds (RFC 7519 2, RFC 6749 5.1).
func (t *table) lifetime(key string, to *time.Duration) {
	before := *to
	t.duration(key, to)
	if *to != before && *to < time.Second {
		t.r.fault(t.pos(key), "", "%s in %s is %s, at least a second is needed", key, t.name, *to)
	}
}

// maxDays keeps a number of days from overflowing.
const maxDays = 36500

// parseDuration reads whole days too: "90d".
func parseDuration(s string) (time.Duration, error) {
	days, found := strings.CutSuffix(s, "d")
	if !found {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseUint(days, 10, 32)
	if err != nil || n > maxDays {
		return 0, errors.New("not a number of days")
	}
	return time.Duration(n) * 24 * time.Hour, nil
}

// number is any type that a whole number of the configuration ends in.
type number interface{ ~int | ~uint32 | ~uint64 }

// whole reads a whole number between two bounds, both allowed.
func whole[N number](t *table, key string, to *N, least, most int64) {
	n := t.take(key)
	if n == nil {
		return
	}
	i, ok := n.value.(int64)
	if !ok {
		t.wrong(key, n, "a whole number")
		return
	}
	setBetween(t, key, n, to, i, least, most)
}

func setBetween[N number](t *table, key string, n *node, to *N, i, least, most int64) {
	if i < least || i > most {
		t.r.fault(n.pos, "", "%s in %s is %d, expected %s", key, t.name, i, between(least, most))
		return
	}
	*to = N(i)
}

func between(least, most int64) string {
	if most == math.MaxInt64 {
		return fmt.Sprintf("at least %d", least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// size reads a number of bytes: a whole number, or a string as "32MiB".
func size[N number](t *table, key string, to *N, most int64) {
	n := t.take(key)
	if n == nil {
		return
	}
	switch v := n.value.(type) {
	case int64:
		setBetween(t, key, n, to, v, 1, most)
	case string:
		bytes, ok := parseSize(v)
		if !ok {
			t.r.fault(n.pos, `write it as "32MiB" or "64KiB"`, "%s in %s is %s, expected a size", key, t.name, quoted(v))
			return
		}
		setBetween(t, key, n, to, bytes, 1, most)
	default:
		t.wrong(key, n, `a size as "32MiB"`)
	}
}

// parseSize reads a number with a unit of 1024 bytes and its powers.
func parseSize(s string) (int64, bool) {
	for _, unit := range []struct {
		suffix string
		shift  uint
	}{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}} {
		digits, ok := strings.CutSuffix(s, unit.suffix)
		if !ok {
			continue
		}
		i, err := strconv.ParseInt(digits, 10, 32)
		return i << unit.shift, err == nil && i > 0
	}
	return 0, false
}
