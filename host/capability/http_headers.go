package capability

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// setHeaders copies the guest's headers, but for those that are the host's: see hosts.
func setHeaders(into http.Header, headers map[string]string) error {
	if len(headers) > maxHeaders {
		return badRequest("too many headers")
	}
	into.Set("User-Agent", "acrhost")
	for name, value := range headers {
		if !plainName(name) || !httpguts.ValidHeaderFieldValue(value) || hosts(name) {
			return badRequest("a header is not allowed")
		}
		into.Set(name, value)
	}
	return nil
}

// plainName says whether a name has letters, digits, - and _ alone. RFC 9110 section 5.6.2
// allows more, which servers that make variables of headers (RFC 3875 section 4.1.18) map
// each in its own way.
func plainName(name string) bool {
	return name != "" && strings.IndexFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
	}) < 0
}

// hosts says whether a header is the host's: one that says how the message is framed, to
// whom it goes or on whose behalf, or from which some servers and proxies take the path,
// the method or the host, past what was granted. To those that make variables of headers
// _ and - are the same, so they are here.
func hosts(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	begins := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	return slices.Contains(framing(), name) || slices.Contains(routing(), name) || slices.ContainsFunc(families(), begins)
}

// framing are the headers of a connection and of a message's length, RFC 9110 sections 7.2,
// 7.6.1 and 8.6, RFC 9112 section 6.1, RFC 7540 section 3.2.1. What may be encoded on the way
// back is the host's too: it counts what comes.
func framing() []string {
	return []string{
		"accept-encoding", "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "te", "trailer",
		"transfer-encoding", "upgrade", "via",
	}
}

// routing are single headers that some servers believe about the request.
func routing() []string {
	return []string{
		"base-url", "cf-connecting-ip", "client-ip", "fastly-client-ip", "front-end-https", "remote-user", "request-uri", "true-client-ip",
		"x-base-url", "x-client-ip", "x-cluster-client-ip", "x-host", "x-http-host-override", "x-middleware-subrequest", "x-override-url",
		"x-real-ip", "x-real-url", "x-remote-addr", "x-remote-user", "x-request-uri", "x-url-scheme",
	}
}

// families are how the names begin of those that there are many of: X-Forwarded-Prefix,
// X-Original-URI, X-Envoy-Original-Path, X-MS-Original-URL, X-HTTP-Method-Override.
func families() []string {
	return []string{
		"forwarded", "proxy-", "x-envoy-", "x-forwarded", "x-forwarder", "x-http-method", "x-method", "x-ms-original-", "x-original-", "x-proxy-", "x-rewrite-",
	}
}
