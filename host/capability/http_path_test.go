package capability_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// What arrives at a server is what the rule's path names, whatever the guest writes: in
// the URL, in headers that some servers route by, or after a redirect.
func TestFetchStaysOnThePath(t *testing.T) {
	var mutex sync.Mutex
	var arrived []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		arrived = append(arrived, r.Method+" "+r.RequestURI)
		http.Redirect(w, r, "/admin", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	set := newWorld(t).Set
	rule := func(path string) []config.CapRule {
		return []config.CapRule{{Origin: server.URL, Path: path, Methods: []string{"POST"}}}
	}
	for _, test := range []struct {
		name   string
		path   string
		q      abi.HTTPFetch
		status abi.Status
	}{
		{"the one", "/v1/score", abi.HTTPFetch{URL: "/v1/score"}, abi.OK},
		{"below", "/v1/*", abi.HTTPFetch{URL: "/v1/score?a=b"}, abi.OK},
		{"a query", "/v1/score", abi.HTTPFetch{URL: "/v1/score?a=b"}, abi.Denied},
		{"an empty query", "/v1/score", abi.HTTPFetch{URL: "/v1/score?"}, abi.Denied},
		{"dot segments", "/v1/*", abi.HTTPFetch{URL: "/v1/../admin"}, abi.Denied},
		{"encoded dots", "/v1/*", abi.HTTPFetch{URL: "/v1/%2e%2E/admin"}, abi.Denied},
		{"an encoded slash", "/v1/*", abi.HTTPFetch{URL: "/v1/..%2fadmin"}, abi.Denied},
		{"encoded twice", "/v1/*", abi.HTTPFetch{URL: "/v1/%252e%252e%252fadmin"}, abi.Denied},
		{"a backslash", "/v1/*", abi.HTTPFetch{URL: `/v1/..\admin`}, abi.Denied},
		{"a matrix parameter", "/v1/*", abi.HTTPFetch{URL: "/v1/..;x=y/admin"}, abi.Denied},
		{"a trailing slash", "/v1/score", abi.HTTPFetch{URL: "/v1/score/"}, abi.Denied},
		{"another case", "/v1/score", abi.HTTPFetch{URL: "/v1/SCORE"}, abi.Denied},
		{"a fragment", "/v1/*", abi.HTTPFetch{URL: "/admin#/v1/"}, abi.BadRequest},
		{"the path as a user", "/v1/*", abi.HTTPFetch{URL: "/v1/@evil.example/"}, abi.OK}, // of the path, not of the host
		{"the path in a header", "/v1/score", abi.HTTPFetch{URL: "/v1/score", Headers: map[string]string{"X-Original-URL": "/admin"}}, abi.BadRequest},
		{"the path in another", "/v1/score", abi.HTTPFetch{URL: "/v1/score", Headers: map[string]string{"x-rewrite-url": "/admin"}}, abi.BadRequest},
		{"the method in a header", "/v1/score", abi.HTTPFetch{URL: "/v1/score", Headers: map[string]string{"X-HTTP-Method-Override": "DELETE"}}, abi.BadRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.q.Method, test.q.URL = "POST", server.URL+test.q.URL
			status, got := fetch(t, set, rule(test.path), test.q)
			if status != test.status || status == abi.OK && got.Status != http.StatusTemporaryRedirect {
				t.Errorf("got %v %+v, want %v", status, got, test.status)
			}
		})
	}
	for _, one := range arrived {
		if one != "POST /v1/score" && one != "POST /v1/score?a=b" && one != "POST /v1/@evil.example/" {
			t.Errorf("arrived: %s", one)
		}
	}
	if len(arrived) != 3 {
		t.Errorf("arrived: %q", arrived)
	}
}

// A manifest that says where the step sends requests binds it there, whatever more is
// granted: the operator agreed to what it said.
func TestFetchStaysWithinTheManifest(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	set := newWorld(t).Set
	for _, test := range []struct {
		fetches []string
		want    abi.Status
	}{
		{nil, abi.OK},
		{[]string{"GET config/url"}, abi.OK},
		{[]string{"* config/more/*"}, abi.OK},
		{[]string{"GET config/other"}, abi.Denied}, // another address of the configuration
		{[]string{"GET config/origin"}, abi.Denied},
		{[]string{"GET config/nothing"}, abi.Denied},
		{[]string{"GET " + server.URL + "/v1/score"}, abi.OK},
		{[]string{"POST " + server.URL + "/*", "* " + server.URL + "/v1/*"}, abi.OK},
		{[]string{"GET " + server.URL + "/v2", "GET config/url"}, abi.OK},
		{[]string{"GET " + server.URL + "/v1"}, abi.Denied},
		{[]string{"POST " + server.URL + "/v1/score"}, abi.Denied},
		{[]string{"POST config/url"}, abi.Denied},
		{[]string{"GET https://risk.example.com/v1/score"}, abi.Denied},
	} {
		wants, err := fetchrule.ParseWants(test.fetches)
		if err != nil {
			t.Fatal(err)
		}
		i := info()
		i.Rules, i.Fetches = rules{"http_fetch": allow(server.URL)}, wants
		i.Configured = func(pointer string) []string {
			return map[string][]string{
				"/url": {server.URL + "/v1/score"}, "/more/*": {"https://risk.example.com/", server.URL + "/v1/score?a=b"},
				"/other": {server.URL + "/admin"}, "/origin": {server.URL, ":", "http://", "/v1/score"},
			}[pointer]
		}
		if status, _ := ask[abi.HTTPFetched](t, set.Call(i), "http_fetch", abi.HTTPFetch{URL: server.URL + "/v1/score"}); status != test.want {
			t.Errorf("%q: got %v, want %v", test.fetches, status, test.want)
		}
	}
}

// What says where the request goes, how long it is or on whose behalf it is sent is not the
// guest's to say, in any spelling that a server may take for the same.
func TestFetchHeadersOfTheHost(t *testing.T) {
	var mutex sync.Mutex
	var arrived []http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		arrived = append(arrived, r.Header)
	}))
	defer server.Close()
	set := newWorld(t).Set
	send := func(name string) abi.Status {
		status, _ := fetch(t, set, allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: map[string]string{name: "/admin"}})
		return status
	}
	for _, name := range []string{
		"X-HTTP-Method-Override", "X_HTTP_Method_Override", "x-http_method-override", "X-HTTP-Method", "X-Method-Override", "X_METHOD_OVERRIDE",
		"X-Original-URL", "X_Original_URL", "X-Original-URI", "X-Original-Path", "X-Original-Host", "X-Original-Method", "X-Rewrite-URL", "X_REWRITE_URL",
		"X-Forwarded-Uri", "X-Forwarded-Prefix", "X-Forwarded-Host", "X-Forwarded-For", "X_Forwarded_Path", "X-Forwarded", "Forwarded", "FORWARDED", "Forwarded-For",
		"X-MS-Original-URL", "X-Envoy-Original-Path", "X-Override-URL", "X-Real-IP", "X_Real_IP", "X-Host", "Front-End-Https", "X-Proxy-URL",
		"Client-IP", "Client_IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Remote-User", "X_Remote_User", "Request-URI", "Base-URL", "X-Middleware-Subrequest",
		"Host", "Content-Length", "Content_Length", "content-length", "Transfer_Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Connection", "Keep_Alive",
		"Proxy-Authorization", "Proxy_Connection", "Expect", "HTTP2-Settings", "Via",
		"X.Original.URL", "X~Original-URL", "X-Original-URL ", "", "Ü", "a:b",
	} {
		if status := send(name); status != abi.BadRequest {
			t.Errorf("%q: %v", name, status)
		}
	}
	if len(arrived) > 0 {
		t.Errorf("arrived: %v", arrived)
	}
	for _, name := range []string{
		"Authorization", "Accept", "Content-Type", "Cookie", "X-API-Key", "api_key", "X-Request-ID", "Traceparent", "Idempotency-Key", "Origin", "X-Origin",
	} {
		if status := send(name); status != abi.OK {
			t.Errorf("%q: %v", name, status)
		}
	}
}
