package fetchrule

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Want is one entry of a manifest's fetches: where a step sends requests.
type Want struct {
	// Method is in upper case; "*": any.
	Method string
	// From is where in the step's configuration the address stands, as a JSON Pointer;
	// empty: Origin and Path say where.
	From string
	// Origin is as Origin gives it, Path as CheckPath has it.
	Origin, Path string
}

// fromConfig begins an address that stands in the configuration, as config/url.
const fromConfig = "config/"

// ParseWant reads "METHOD ADDRESS": a method or *, and an absolute URL, whose path may be a
// pattern, or the path in the configuration where one stands, as config/url.
func ParseWant(text string) (Want, error) {
	method, address, ok := strings.Cut(text, " ")
	if !ok || method != "*" && !slices.Contains(Methods(), method) {
		return Want{}, fmt.Errorf("%q is not a method, or *, and an address, as \"POST https://risk.example.com/v1/score\" or \"GET config/url\"", text)
	}
	if rest, ok := strings.CutPrefix(address, fromConfig); ok && rest != "" {
		return Want{Method: method, From: "/" + rest}, nil
	}
	// The pattern's star and question mark would be read as a query.
	whole, end := split(address)
	u, err := url.Parse(whole)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return Want{}, fmt.Errorf("%q is no absolute http address, nor one of the configuration as config/url", address)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return Want{}, fmt.Errorf("%q has more than an origin and a path", address)
	case u.Path == "":
		return Want{}, errors.New("an address has a path; /* stands for any")
	}
	path := u.EscapedPath()
	if end == below {
		end = "*" // the slash is on the path
	}
	if err := CheckPath(path + end); err != nil {
		return Want{}, fmt.Errorf("%q: %w", address, err)
	}
	return Want{Method: method, Origin: Origin(u), Path: path + end}, nil
}

// Granted says whether rules allow all that is wanted. What stands in the configuration is
// the operator's own choice.
func (w Want) Granted(rules []Rule) bool {
	if w.From != "" {
		return true
	}
	return w.each(func(method string) bool {
		return slices.ContainsFunc(rules, func(r Rule) bool {
			return r.method(method) && r.origin() == w.Origin && coversPath(r.Path, w.Path)
		})
	})
}

// Within says whether others together want all that this one wants.
func (w Want) Within(others []Want) bool {
	return w.each(func(method string) bool {
		return slices.ContainsFunc(others, func(o Want) bool {
			return (o.Method == "*" || o.Method == method) && o.From == w.From && o.Origin == w.Origin && coversPath(o.Path, w.Path)
		})
	})
}

// Reaches says whether rules allow what is wanted at an address that was found in the
// configuration; of any method, one will do.
func (w Want) Reaches(rules []Rule, u *url.URL) bool {
	return slices.ContainsFunc(w.methods(), func(method string) bool { return Allows(rules, method, u) })
}

func (w Want) methods() []string {
	if w.Method == "*" {
		return Methods()
	}
	return []string{w.Method}
}

func (w Want) each(holds func(method string) bool) bool {
	return !slices.ContainsFunc(w.methods(), func(method string) bool { return !holds(method) })
}

// Declared says whether one of what a manifest wants is this request. Where the manifest
// says nothing, what is granted decides alone. What it leaves to the configuration is asked
// of configured: the addresses to which a Want.From leads in this call; nil: to none.
func Declared(wants []Want, method string, u *url.URL, configured func(from string) []string) bool {
	return len(wants) == 0 || slices.ContainsFunc(wants, func(w Want) bool {
		switch {
		case !slices.Contains(w.methods(), method):
			return false
		case w.From == "":
			return w.Origin == Origin(u) && matches(w.Path, u)
		}
		return configured != nil && slices.ContainsFunc(configured(w.From), func(address string) bool { return at(address, u) })
	})
}

// at says whether a request goes to an address: its origin, and its path byte by byte. The
// query is the step's own to choose, as it is data; what is granted may still bound it.
func at(address string, u *url.URL) bool {
	a, err := url.Parse(address)
	if err != nil || a.Host == "" || a.User != nil {
		return false
	}
	return Origin(a) == Origin(u) && sentPath(a) == sentPath(u)
}

// sentPath is the path as it is sent.
func sentPath(u *url.URL) string {
	if path := u.EscapedPath(); path != "" {
		return path
	}
	return "/" // RFC 9112 section 3.2.1
}

// ParseWants reads all entries of a manifest's fetches.
func ParseWants(texts []string) ([]Want, error) {
	wants := make([]Want, 0, len(texts))
	for _, text := range texts {
		w, err := ParseWant(text)
		if err != nil {
			return nil, err
		}
		wants = append(wants, w)
	}
	return wants, nil
}
