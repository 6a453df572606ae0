package registration

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// The application types of OpenID Connect Dynamic Client Registration 1.0 section 2.
const (
	webApp    = "web"
	nativeApp = "native"
)

// redirectURIs checks where answers may go: by what the operator allows, and not by the
// application_type. OpenID Connect Dynamic Client Registration 1.0 section 2 binds web
// applications to https only with the implicit grant; native ones may have https addresses by
// RFC 8252 7.2; and RFC 7591 has no application_type, so that apps leave it out. It proves
// nothing, either: who may register as one may as the other. What all clients' redirect URIs
// have in common is for package config.
func redirectURIs(policy config.Registration, d Document, r *Registered) *Fault {
	app, _ := r.Metadata["application_type"].(string)
	switch app {
	case "":
		app = webApp
	case webApp, nativeApp:
	default:
		return invalid("The application_type is web or native.")
	}
	r.Metadata["application_type"] = app
	uris, _ := r.Metadata["redirect_uris"].([]string)
	responses, _ := r.Metadata["response_types"].([]string)
	if len(uris) == 0 && len(responses) > 0 {
		return fault(InvalidRedirectURI, "redirect_uris is missing or empty.")
	}
	if len(uris) == 0 {
		delete(r.Settings, "redirect_uris")
	}
	overWeb := app == webApp && slices.ContainsFunc(responses, func(name string) bool { return name != config.ResponseCode })
	for _, uri := range uris {
		why := refusesRedirect(policy, uri)
		if why == "" && overWeb && !strings.HasPrefix(uri, "https:") {
			why = "must be https, for a web application that uses the implicit flow"
		}
		if why != "" {
			return fault(InvalidRedirectURI, "The redirect URI %.200s %s.", uri, why)
		}
	}
	after, _ := r.Metadata["post_logout_redirect_uris"].([]string)
	for _, uri := range after {
		if why := refusesRedirect(policy, uri); why != "" {
			return invalid("The post_logout_redirect_uri %.200s %s.", uri, why)
		}
	}
	return nil
}

// refusesRedirect says why a redirect URI can't be registered, or nothing.
func refusesRedirect(policy config.Registration, uri string) string {
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "":
		return "is not an absolute URI"
	case strings.Contains(uri, "#"):
		return "has a fragment" // RFC 6749 3.1.2
	case u.User != nil:
		return "holds a user name"
	}
	kind := kindOf(u)
	switch {
	case kind == "":
		return "is none of these: https to another machine, http to this one (127.0.0.1, [::1], localhost), or a private-use scheme with a dot, such as com.example.app:/cb"
	case !slices.Contains(policy.RedirectSchemes, kind):
		return "is of a kind that may not be registered here"
	case kind == config.RedirectHTTPS && !allowsHost(policy.RedirectHosts, u.Hostname()):
		return "leads to a host that may not be registered here"
	}
	return ""
}

// kindOf is a kind of redirect URI, empty for one of none.
func kindOf(u *url.URL) string {
	switch {
	case strings.Contains(u.Scheme, "."):
		return config.RedirectPrivate
	case u.Scheme == "https" && u.Hostname() != "" && !onThisMachine(u.Hostname()):
		return config.RedirectHTTPS
	case u.Scheme == "http" && onThisMachine(u.Hostname()):
		return config.RedirectLoopback
	}
	return ""
}

func onThisMachine(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && (addr.Unmap().IsLoopback() || addr.Unmap().IsUnspecified())
}

// allowsHost: nil allows any.
func allowsHost(patterns []string, host string) bool {
	if patterns == nil {
		return true
	}
	host = strings.ToLower(host)
	return slices.ContainsFunc(patterns, func(p string) bool {
		if tail, ok := strings.CutPrefix(p, "*"); ok {
			return strings.HasSuffix(host, tail) && len(host) > len(tail)
		}
		return host == p
	})
}
