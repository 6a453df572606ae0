package fetchrule_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/fetchrule"
)

const origin = "https://risk.example.com"

// What each kind of path lets through, and each way around it.
func TestAllowsPath(t *testing.T) {
	for _, test := range []struct {
		path    string
		allowed []string
		refused []string
	}{
		{
			path:    "/v1/score",
			allowed: []string{"/v1/score", "/v1/score#"},
			refused: []string{
				"", "/", "/v1", "/v1/", "/v1/score/", "/v1/scores", "/v1/Score", "/V1/score", "//v1/score", "/v1//score", "/v1/score.",
				"/v1/score?", "/v1/score?a=b", "/v1/score?/../x", "/v1/score;a=b", "/v1;a/score", "/v1/score%3fa", "/v1/score%23",
				"/v1/./score", "/v1/../v1/score", "/v1/score/..", "/v1/score/.", "/x/../v1/score", "/v1/%2e/score", "/v1%2fscore", "/v1%2Fscore",
				"/v1%252fscore", "/v1/%73core", "/%76%31/score", "/v1\\score", "/v1/score%00", "/v1/score%20", "/v1/score%0d%0aX:%20y", "/v1/score/%2e%2e",
			},
		},
		{
			path:    "/v1/score?*",
			allowed: []string{"/v1/score", "/v1/score?", "/v1/score?a=b&c=/../d%2f"},
			refused: []string{"/v1/score/", "/v1/score/x?a", "/v1/scores?a", "/v1/score%3fa", "/v1/score;x?a", "/?/v1/score"},
		},
		{
			path:    "/v1/*",
			allowed: []string{"/v1/", "/v1/score", "/v1/a/b/", "/v1/a?b=/../c", "/v1/...a", "/v1/a.b", "/v1/@x:y,(z)"},
			refused: []string{
				"", "/", "/v1", "/v2/score", "/v10/score", "/V1/score", "/v1?/v1/", "//v1/score", "/v1//score", "/v1/..", "/v1/../", "/v1/../admin", "/v1/./../admin",
				"/v1/...", "/v1/.../admin", "/v1/%2e%2e/admin", "/v1/%2E%2E/admin", "/v1/.%2e/admin", "/v1/..%2fadmin", "/v1/..%2Fadmin", "/v1/%2e%2e%2fadmin",
				"/v1/%252e%252e/admin", "/v1/..%252fadmin", "/v1/%25252e%25252e/admin", "/v1/..\\admin", "/v1/..%5cadmin", "/v1\\..\\admin", "/v1/..;/admin", "/v1/..;a=b/admin",
				"/v1;/score", "/v1/a;b", "/v1/%c0%ae%c0%ae/admin", "/v1/..%c0%afadmin", "/v1/%ef%bc%8e%ef%bc%8e/admin", "/v1/..／admin", "/v1/%00", "/v1/a%20b", "/v1/%e0%80%ae",
			},
		},
		{
			path:    "/*",
			allowed: []string{"", "/", "/a", "/a/b?c", "?a"},
			refused: []string{"/..", "//evil.example/", "/%2e", "/a;b"},
		},
		{
			path:    "", // the origin alone, as ever
			allowed: []string{"", "/", "/a/../b", "/%2e%2e/x", "/a;b?c"},
		},
	} {
		rules := []fetchrule.Rule{{Origin: "https://other.example", Path: "/*"}, {Origin: origin, Path: test.path}}
		for want, paths := range map[bool][]string{true: test.allowed, false: test.refused} {
			for _, path := range paths {
				u, err := url.Parse(origin + path)
				if err != nil {
					continue // newRequest refuses it
				}
				if got := fetchrule.Allows(rules, "GET", u); got != want {
					t.Errorf("rule %q, request %q: %v", test.path, path, got)
				}
			}
		}
	}
}

// The path counts at the rule's own origin and for its own methods.
func TestAllowsOrigin(t *testing.T) {
	rules := []fetchrule.Rule{
		{Origin: origin, Path: "/v1/score", Methods: []string{"POST"}},
		{Origin: "https://[2001:db8::1]:8443", Path: "/v1/*"},
		{Origin: "https://login.example.com", Path: "/token?*"},
	}
	for _, test := range []struct {
		method, url string
		want        bool
	}{
		{"POST", "https://risk.example.com/v1/score", true},
		{"POST", "https://RISK.example.com:443/v1/score", true},
		{"GET", "https://risk.example.com/v1/score", false},
		{"POST", "http://risk.example.com/v1/score", false},
		{"POST", "https://risk.example.com:8443/v1/score", false},
		{"POST", "https://risk.example.com./v1/score", false},
		{"POST", "https://risk.example.com.evil.example/v1/score", false},
		{"POST", "https://evil.example/v1/score", false},
		{"GET", "https://[2001:db8::1]:8443/v1/a", true},
		{"GET", "https://[2001:db8::1]/v1/a", false},
		{"GET", "https://[2001:0db8::1]:8443/v1/a", false},
		{"GET", "https://[2001:db8::2]:8443/v1/a", false},
		{"GET", "https://login.example.com/v1/score", false}, // a path of another rule
		{"POST", "https://login.example.com/token", false},   // a method of another rule
	} {
		u, err := url.Parse(test.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := fetchrule.Allows(rules, test.method, u); got != test.want {
			t.Errorf("%s %s: %v", test.method, test.url, got)
		}
	}
	if fetchrule.Allows([]fetchrule.Rule{{Origin: "%", Path: "/*"}}, "GET", &url.URL{Scheme: "https", Host: "x"}) {
		t.Error("a rule without an origin allows something")
	}
}

func TestCheckPath(t *testing.T) {
	for _, path := range []string{"/", "/v1/score", "/v1/score/", "/v1/*", "/*", "/v1/score?*", "/a-b_c.d~e/@f"} {
		if err := fetchrule.CheckPath(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{
		"", "v1", "*", "?*", "https://risk.example.com/v1", "/v1*", "/*/score", "/v1/**", "/v1/*?*", "/v1?a=b", "/v1#a", "/v1/../a", "/v1/.", "/v1//a", "//a",
		"/a;b", "/%61", "/a b", "/ä", "/a\\b", "/a\x00", "/?*#",
	} {
		if fetchrule.CheckPath(path) == nil {
			t.Errorf("%q is taken", path)
		}
	}
}

func TestParseWant(t *testing.T) {
	for text, want := range map[string]fetchrule.Want{
		"POST https://Risk.example.com/v1/score":     {Method: "POST", Origin: "https://risk.example.com:443", Path: "/v1/score"},
		"GET http://127.0.0.1:8099/v1/*":             {Method: "GET", Origin: "http://127.0.0.1:8099", Path: "/v1/*"},
		"* https://risk.example.com/*":               {Method: "*", Origin: "https://risk.example.com:443", Path: "/*"},
		"DELETE https://risk.example.com/v1/score?*": {Method: "DELETE", Origin: "https://risk.example.com:443", Path: "/v1/score?*"},
		"* config/url":              {Method: "*", From: "/url"},
		"GET config/providers/*/at": {Method: "GET", From: "/providers/*/at"},
	} {
		if got, err := fetchrule.ParseWant(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "POST", "https://risk.example.com/", "post https://risk.example.com/", "TRACE https://risk.example.com/", "POST  https://risk.example.com/",
		"POST https://risk.example.com", "POST risk.example.com/", "POST ftp://risk.example.com/", "POST https:///v1", "POST https://a@risk.example.com/", "POST https://risk.example.com/?a",
		"POST https://risk.example.com/a#b", "POST https://risk.example.com/../a", "POST https://risk.example.com/%2e", "POST https://*.example.com/a*", "POST config/", "POST /url", "GET *",
	} {
		if got, err := fetchrule.ParseWant(text); err == nil {
			t.Errorf("%q is taken: %+v", text, got)
		}
	}
}

func want(t *testing.T, text string) fetchrule.Want {
	t.Helper()
	w, err := fetchrule.ParseWant(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestGranted(t *testing.T) {
	rules := []fetchrule.Rule{
		{Origin: origin, Path: "/v1/*", Methods: []string{"POST"}},
		{Origin: origin, Path: "/status"},
		{Origin: "https://any.example.com", Methods: fetchrule.Methods()},
	}
	for text, granted := range map[string]bool{
		"POST " + origin + "/v1/score":   true,
		"POST " + origin + "/v1/a/*":     true,
		"POST " + origin + "/v1/a?*":     true,
		"POST " + origin + "/v1/*":       true,
		"POST " + origin + "/*":          false,
		"POST " + origin + "/v10/*":      false,
		"GET " + origin + "/v1/score":    false,
		"* " + origin + "/v1/score":      false,
		"GET " + origin + "/status":      true,
		"GET " + origin + "/status?*":    false,
		"GET " + origin + "/status/*":    false,
		"* https://any.example.com/*":    true,
		"GET https://any.example.com/a":  true,
		"GET http://any.example.com/a":   false,
		"POST https://evil.example/v1/a": false,
		"POST config/url":                true, // held to the rules where it is known
	} {
		if got := want(t, text).Granted(rules); got != granted {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestWithin(t *testing.T) {
	older := []fetchrule.Want{want(t, "POST "+origin+"/v1/*"), want(t, "GET "+origin+"/status?*"), want(t, "POST config/url")}
	for text, within := range map[string]bool{
		"POST " + origin + "/v1/score": true, "POST " + origin + "/v1/*": true, "POST " + origin + "/*": false, "* " + origin + "/v1/*": false,
		"GET " + origin + "/status": true, "GET " + origin + "/status/*": false, "POST config/url": true, "GET config/url": false, "POST config/other": false,
		"POST http://risk.example.com/v1/score": false,
	} {
		if got := want(t, text).Within(older); got != within {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// FuzzAllows: a request that a path lets through is one that it names, read literally.
func FuzzAllows(f *testing.F) {
	for _, path := range []string{"/v1/score", "/v1/../x", "/v1/%2e%2e/x", "/v1/..;/x", "//v1/x", "/v1/a?b#c", "\\v1"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse(origin + path)
		if err != nil || u.Host != "risk.example.com" {
			return
		}
		sent := u.RequestURI()
		bare, _, _ := strings.Cut(sent, "?")
		if fetchrule.Allows([]fetchrule.Rule{{Origin: origin, Path: "/v1/*"}}, "GET", u) &&
			(!strings.HasPrefix(sent, "/v1/") || strings.Contains(bare, "/..") && strings.Contains(bare+"/", "/../") || strings.ContainsAny(bare, "%\\;")) {
			t.Errorf("%q is sent as %q", path, sent)
		}
		if fetchrule.Allows([]fetchrule.Rule{{Origin: origin, Path: "/v1/score"}}, "GET", u) && sent != "/v1/score" {
			t.Errorf("%q is sent as %q", path, sent)
		}
	})
}

// FuzzParseWant: what is read can be written as a rule, and that rule grants it.
func FuzzParseWant(f *testing.F) {
	f.Add("POST https://risk.example.com/v1/*")
	f.Add("* config/url")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := fetchrule.ParseWant(text)
		if err != nil || w.From != "" {
			return
		}
		if err := fetchrule.CheckPath(w.Path); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if !w.Granted([]fetchrule.Rule{{Origin: w.Origin, Path: w.Path, Methods: fetchrule.Methods()}}) || !w.Within([]fetchrule.Want{w}) {
			t.Errorf("%q is not granted by itself", text)
		}
	})
}

// An address of the configuration binds the request to its origin and path, byte by byte.
func TestDeclaredByTheConfiguration(t *testing.T) {
	wants := []fetchrule.Want{want(t, "POST config/url"), want(t, "GET https://status.example.com/up")}
	for _, test := range []struct {
		configured, method, url string
		want                    bool
	}{
		{origin + "/v1/score", "POST", origin + "/v1/score", true},
		{origin + "/v1/score", "POST", "https://RISK.example.com:443/v1/score", true},
		{origin + "/v1/score", "POST", origin + "/v1/score?client=a", true}, // data
		{origin + "/v1/score?key=k", "POST", origin + "/v1/score", true},
		{origin, "POST", origin + "/", true},
		{origin + "/v1/a%2fb", "POST", origin + "/v1/a%2fb", true}, // the operator's own words
		{origin + "/v1/score", "GET", origin + "/v1/score", false},
		{origin + "/v1/score", "POST", origin + "/admin/elsewhere", false},
		{origin + "/v1/score", "POST", origin + "/v1/score/", false},
		{origin + "/v1/score", "POST", origin + "/v1/Score", false},
		{origin + "/v1/score", "POST", origin + "/v1/x/../score", false},
		{origin + "/v1/score", "POST", origin + "/v1%2fscore", false},
		{origin + "/v1/score", "POST", origin + "/v1/score;/../../admin", false},
		{origin + "/v1/score", "POST", "http://risk.example.com/v1/score", false},
		{origin + "/v1/score", "POST", "https://risk.example.com:8443/v1/score", false},
		{origin + "/v1/score", "POST", "https://evil.example/v1/score", false},
		{origin + "/*", "POST", origin + "/v1/score", false}, // no pattern in a configuration
		{"https://a@risk.example.com/", "POST", origin + "/", false},
		{"/v1/score", "POST", origin + "/v1/score", false},
		{"", "POST", origin + "/", false},
		{origin + "/v1/score", "GET", "https://status.example.com/up", true},
		{"https://status.example.com/up", "POST", "https://status.example.com/up", true},
	} {
		u, err := url.Parse(test.url)
		if err != nil {
			t.Fatal(err)
		}
		configured := func(from string) []string {
			if from != "/url" {
				t.Errorf("asked for %q", from)
			}
			return []string{test.configured}
		}
		if got := fetchrule.Declared(wants, test.method, u, configured); got != test.want {
			t.Errorf("%s %s with %q: %v", test.method, test.url, test.configured, got)
		}
		if test.method == "POST" && fetchrule.Declared(wants, test.method, u, nil) {
			t.Errorf("%s: declared by no configuration", test.url)
		}
	}
}
