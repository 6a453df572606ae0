package capability_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/acrhost/acrhost/host/capability"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// fetch makes one request under these rules.
func fetch(t *testing.T, set *capability.Set, r []config.CapRule, q abi.HTTPFetch) (abi.Status, abi.HTTPFetched) {
	t.Helper()
	i := info()
	i.Rules = rules{"http_fetch": r}
	return ask[abi.HTTPFetched](t, set.Call(i), "http_fetch", q)
}

func allow(origin string, methods ...string) []config.CapRule {
	return []config.CapRule{{Origin: "https://other.example", Methods: methods}, {Origin: origin, Methods: methods}}
}

func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("X-Score", "0.3")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("User-Agent"), body)
	}))
	defer server.Close()
	status, got := fetch(t, newWorld(t).Set, allow(server.URL, "POST"), abi.HTTPFetch{
		Method: "post", URL: server.URL + "/score?a=b", Headers: map[string]string{"authorization": "Bearer x"}, Body: `{"ip":"1"}`,
	})
	if status != abi.OK || got.Status != http.StatusTeapot || got.Body != `POST /score?a=b Bearer x acrhost {"ip":"1"}` {
		t.Errorf("got %v %+v", status, got)
	}
	if _, ok := got.Headers["set-cookie"]; ok || got.Headers["x-score"] != "0.3" {
		t.Errorf("headers %v", got.Headers)
	}
}

func TestFetchOnlyWhatTheRulesName(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	withoutHost := strings.TrimPrefix(server.URL, "http://")
	for _, test := range []struct {
		name   string
		rules  []config.CapRule
		q      abi.HTTPFetch
		status abi.Status
	}{
		{"no rules", nil, abi.HTTPFetch{URL: server.URL}, abi.Denied},
		{"another port", allow("http://127.0.0.1:1"), abi.HTTPFetch{URL: server.URL}, abi.Denied},
		{"another scheme", allow("https://" + withoutHost), abi.HTTPFetch{URL: server.URL}, abi.Denied},
		{"another spelling of the address", allow(server.URL), abi.HTTPFetch{URL: "http://localhost" + port}, abi.Denied},
		{"the address mapped into IPv6", allow(server.URL), abi.HTTPFetch{URL: "http://[::ffff:127.0.0.1]" + port}, abi.Denied},
		{"the address as a number", allow(server.URL), abi.HTTPFetch{URL: "http://2130706433" + port}, abi.Denied},
		{"the address cut short", allow(server.URL), abi.HTTPFetch{URL: "http://127.1" + port}, abi.Denied},
		{"a suffix of the host", allow(server.URL), abi.HTTPFetch{URL: "http://127.0.0.1.evil.example" + port}, abi.Denied},
		{"a method outside the rule", allow(server.URL, "POST"), abi.HTTPFetch{URL: server.URL}, abi.Denied},
		{"no methods is GET", allow(server.URL), abi.HTTPFetch{URL: server.URL, Method: "POST"}, abi.Denied},
		{"credentials", allow(server.URL), abi.HTTPFetch{URL: "http://a:b@" + withoutHost}, abi.BadRequest},
		{"the origin as credentials", allow(server.URL), abi.HTTPFetch{URL: server.URL + "@evil.example/"}, abi.BadRequest},
		{"a fragment", allow(server.URL), abi.HTTPFetch{URL: server.URL + "/#x"}, abi.BadRequest},
		{"another protocol", allow("file://"), abi.HTTPFetch{URL: "file:///etc/passwd"}, abi.BadRequest},
		{"a relative url", allow(server.URL), abi.HTTPFetch{URL: "//" + withoutHost}, abi.BadRequest},
		{"control characters", allow(server.URL), abi.HTTPFetch{URL: server.URL + "/\r\nX: y"}, abi.BadRequest},
		{"an unknown method", allow(server.URL, "CONNECT"), abi.HTTPFetch{URL: server.URL, Method: "CONNECT"}, abi.BadRequest},
		{"a header that splits", allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: map[string]string{"A": "b\r\nHost: c"}}, abi.BadRequest},
		{"the host header", allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: map[string]string{"host": "evil.example"}}, abi.BadRequest},
		{"a framing header", allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: map[string]string{"Transfer-Encoding": "chunked"}}, abi.BadRequest},
		{"a proxy header", allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: map[string]string{"Proxy-Authorization": "x"}}, abi.BadRequest},
		{"too many headers", allow(server.URL), abi.HTTPFetch{URL: server.URL, Headers: many(33)}, abi.BadRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, _ := fetch(t, newWorld(t).Set, test.rules, test.q); status != test.status {
				t.Errorf("got %v, want %v", status, test.status)
			}
		})
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
	// What the rules name, in any spelling that is equal by RFC 6454.
	if status, _ := fetch(t, newWorld(t).Set, allow("HTTP://127.0.0.1"+port), abi.HTTPFetch{URL: server.URL}); status != abi.OK {
		t.Errorf("the rule's own origin: %v", status)
	}
	if status, _ := fetch(t, newWorld(t).Set, allow("http://localhost"+port), abi.HTTPFetch{URL: "http://localhost" + port}); status != abi.OK {
		t.Errorf("localhost by name: %v", status)
	}
}

func many(n int) map[string]string {
	headers := map[string]string{}
	for i := range n {
		headers[fmt.Sprintf("X-%d", i)] = "y"
	}
	return headers
}

// A redirect is handed to the step, and followed nowhere: neither to loopback nor
// anywhere else.
func TestFetchFollowsNoRedirect(t *testing.T) {
	var inside atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside.Add(1) }))
	defer target.Close()
	server := httptest.NewServer(http.RedirectHandler(target.URL+"/latest/meta-data", http.StatusFound))
	defer server.Close()
	status, got := fetch(t, newWorld(t).Set, allow(server.URL), abi.HTTPFetch{URL: server.URL})
	if status != abi.OK || got.Status != http.StatusFound || got.Headers["location"] != target.URL+"/latest/meta-data" || inside.Load() != 0 {
		t.Errorf("got %v %+v, %d requests inside", status, got, inside.Load())
	}
}

func TestFetchBoundsTheAnswer(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(w http.ResponseWriter)
		status abi.Status
	}{
		{"256 KiB", func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat("x", 256<<10)) }, abi.OK},
		{"one byte more", func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat("x", 256<<10+1)) }, abi.LimitReached},
		{"not UTF-8", func(w http.ResponseWriter) { _, _ = w.Write([]byte{0xff}) }, abi.UpstreamFault},
		{"long headers", func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", 64<<10)) }, abi.UpstreamFault},
		{"cut off", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "10"); panic(http.ErrAbortHandler) }, abi.UpstreamFault},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.answer(w) }))
			defer server.Close()
			if status, _ := fetch(t, newWorld(t).Set, allow(server.URL), abi.HTTPFetch{URL: server.URL}); status != test.status {
				t.Errorf("got %v", status)
			}
		})
	}
}

// A fault that is logged names the origin, never the path or the query.
func TestFetchLogsNoSecrets(t *testing.T) {
	w := newWorld(t)
	status, _ := fetch(t, w.Set, allow("http://127.0.0.1:1"), abi.HTTPFetch{URL: "http://127.0.0.1:1/hook/s3cret?key=s3cret"})
	if log := w.logs.String(); status != abi.UpstreamFault || !strings.Contains(log, "http://127.0.0.1:1") || strings.Contains(log, "s3cret") {
		t.Errorf("got %v, log %s", status, log)
	}
}

// A granted name that leads inside the network is not connected to, whatever the
// name server answers and however often it changes its mind.
func TestFetchSSRF(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, test := range []struct{ name, address string }{
		{"loopback", "127.0.0.1"},
		{"loopback, another", "127.8.9.10"},
		{"unspecified", "0.0.0.0"},
		{"this network", "0.1.2.3"},
		{"private 10", "10.0.0.1"},
		{"private 172", "172.16.0.1"},
		{"private 192", "192.168.1.1"},
		{"shared", "100.64.0.1"},
		{"metadata", "169.254.169.254"},
		{"benchmarks", "198.18.0.1"},
		{"documentation", "192.0.2.1"},
		{"multicast", "224.0.0.1"},
		{"broadcast", "255.255.255.255"},
		{"reserved", "240.0.0.1"},
		{"loopback 6", "::1"},
		{"unspecified 6", "::"},
		{"mapped loopback", "::ffff:127.0.0.1"},
		{"mapped metadata", "::ffff:169.254.169.254"},
		{"compatible loopback", "::7f00:1"},
		{"translated private", "64:ff9b::a00:1"},
		{"6to4 of loopback", "2002:7f00:1::1"},
		{"Teredo", "2001:0:1::1"},
		{"unique local", "fd00::1"},
		{"metadata 6", "fd00:ec2::254"},
		{"link-local 6", "fe80::1"},
		{"site-local 6", "fec0::1"},
		{"multicast 6", "ff02::1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			set := capability.New(capability.Config{
				Accounts: w.Accounts, Artifacts: w.store, Audit: w.store, Now: w.Now,
				Resolver: resolver(t, test.address),
			})
			url := "http://rebind.example" + port
			for range 2 { // the second answer is as good as the first
				if status, _ := fetch(t, set, allow(url), abi.HTTPFetch{URL: url}); status != abi.Denied {
					t.Errorf("got %v", status)
				}
			}
		})
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

// resolver asks a name server that gives this address for every name.
func resolver(t *testing.T, address string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		query := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			if reply, err := answerDNS(query[:n], net.ParseIP(address), strings.Contains(address, ":")); err == nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func answerDNS(query []byte, ip net.IP, six bool) ([]byte, error) {
	var message dnsmessage.Message
	if err := message.Unpack(query); err != nil {
		return nil, err
	}
	message.Response, message.Authoritative, message.Additionals = true, true, nil
	question := message.Questions[0]
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 0}
	switch {
	case question.Type == dnsmessage.TypeA && !six:
		message.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte(ip.To4())}}}
	case question.Type == dnsmessage.TypeAAAA && six:
		message.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: [16]byte(ip.To16())}}}
	}
	return message.Pack()
}
