package fetchrule

import (
	"errors"
	"net/url"
	"strings"
)

// The ends of a path that is more than one address.
const (
	below    = "/*" // everything below, with any query
	anyQuery = "?*" // the path as it stands, with any query or none
)

// CheckPath says what is wrong with a path of a rule. A path is the whole one, byte by byte
// and without a query; with "/*" at its end everything below it, and with "?*" itself with
// any query.
func CheckPath(path string) error {
	whole, _ := split(path)
	switch {
	case !strings.HasPrefix(path, "/"):
		return errors.New("a path begins with a slash")
	case strings.ContainsAny(whole, "?#"):
		return errors.New("a path has no query: ?* at its end stands for any")
	case strings.Contains(whole, "*"):
		return errors.New("a star stands at the end only, as /v1/* or /v1/score?*")
	case !plain(whole):
		return errors.New("a path of a rule has no encoded characters, no semicolon, no empty segment and none of dots alone: servers differ in how they read those")
	}
	return nil
}

// split takes the end that is a pattern off a path. What is left of /v1/* is /v1/.
func split(path string) (whole, end string) {
	if whole, ok := strings.CutSuffix(path, anyQuery); ok {
		return whole, anyQuery
	}
	if strings.HasSuffix(path, below) {
		return strings.TrimSuffix(path, "*"), below
	}
	return path, ""
}

// matches says whether a request to u stays within the path of a rule; an empty one allows
// all. Where a rule has a path, a request whose path could be read in two ways is outside
// of it: nobody knows what the server, or a proxy before it, makes of /v1/..%2fadmin.
func matches(path string, u *url.URL) bool {
	if path == "" {
		return true
	}
	asked := sentPath(u)
	if !plain(asked) {
		return false
	}
	whole, end := split(path)
	switch end {
	case below:
		return strings.HasPrefix(asked, whole)
	case anyQuery:
		return asked == whole
	default:
		return asked == whole && u.RawQuery == "" && !u.ForceQuery
	}
}

// coversPath says whether all that the second path stands for is within the first.
func coversPath(path, other string) bool {
	whole, end := split(path)
	otherWhole, otherEnd := split(other)
	switch {
	case path == "" || path == other:
		return true
	case end == below:
		return strings.HasPrefix(otherWhole, whole)
	case end == anyQuery:
		return otherWhole == whole && otherEnd != below
	default:
		return false
	}
}

// plain says whether every server reads a path alike. It has the characters of RFC 3986
// section 3.3 but for percent-encoding (%2e, %2f, %252f, overlong UTF-8) and parameters
// (..;/), no empty segment, which some servers drop, and none of dots alone.
func plain(path string) bool {
	for _, c := range []byte(path) {
		if !isPlain(c) {
			return false
		}
	}
	segments := strings.Split(path, "/")
	for i, s := range segments[1:] {
		last := i == len(segments)-2
		if s == "" && !last || s != "" && strings.Trim(s, ".") == "" {
			return false
		}
	}
	return true
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("/-._~!$&'()*+,=:@", c) >= 0
}
