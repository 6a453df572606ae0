package reference

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Kind is what a place is.
type Kind int

// The kinds.
const (
	File  Kind = iota // a path
	OCI               // a repository of a registry
	HTTPS             // an address whose content is pinned
)

// Reference is a place of a plugin.
type Reference struct {
	Kind Kind
	// Host is host[:port] of OCI and HTTPS.
	Host string
	// PlainHTTP is an OCI registry without TLS, on a loopback address only.
	PlainHTTP bool
	// Repository and Tag are those of OCI. Without a tag there is a digest.
	Repository, Tag string
	// Digest is sha256:<hex>: with OCI of the manifest, and optional; with HTTPS of the
	// module, and always there.
	Digest string
	// Path is a file's path, or an HTTPS address without its fragment.
	Path string
}

// The forms, for messages.
const forms = `oci://registry.example.com/acme/risk:1.4, oci://…@sha256:…, or https://…/risk.wasm#sha256:…`

// maxLength bounds a reference, in bytes.
const maxLength = 1024

// Parse reads oci://host/repository:tag[@sha256:…], oci+http:// for a loopback address, and
// https://…#sha256:…; anything without a scheme is the path of a file.
func Parse(s string) (Reference, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	switch {
	case len(s) > maxLength:
		return Reference{}, fmt.Errorf("it is longer than %d bytes", maxLength)
	case !ok:
		return Reference{Kind: File, Path: s}, nil
	case scheme == "oci":
		return parseOCI(rest, false)
	case scheme == "oci+http":
		return parseOCI(rest, true)
	case scheme == "https":
		return parseHTTPS(s)
	}
	return Reference{}, fmt.Errorf("the scheme %.20q is not known; write %s", scheme, forms)
}

// Remote is Parse for what is no file.
func Remote(s string) (Reference, error) {
	r, err := Parse(s)
	if err == nil && r.Kind == File {
		return Reference{}, fmt.Errorf("%.80q is no source; write %s", s, forms)
	}
	return r, err
}

// parseOCI holds the names to the OCI distribution specification, section "Pulling
// manifests".
func parseOCI(s string, plain bool) (Reference, error) {
	r := Reference{Kind: OCI, PlainHTTP: plain}
	s, digest, pinned := strings.Cut(s, "@")
	if pinned {
		if !isDigest(digest) {
			return Reference{}, errors.New("behind @ stands no digest: expected sha256: and 64 lower-case hex digits")
		}
		r.Digest = digest
	}
	var ok bool
	if r.Host, s, ok = strings.Cut(s, "/"); !ok || !isHost(r.Host) {
		return Reference{}, fmt.Errorf("%.80q is no registry's host", r.Host)
	}
	if r.Repository, r.Tag, ok = strings.Cut(s, ":"); ok && !regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`).MatchString(r.Tag) {
		return Reference{}, fmt.Errorf("%.80q is no tag", r.Tag)
	}
	part := `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`
	switch {
	case !regexp.MustCompile(`^` + part + `(?:/` + part + `)*$`).MatchString(r.Repository):
		return Reference{}, fmt.Errorf("%.80q is no repository", r.Repository)
	case r.Tag == "" && r.Digest == "":
		return Reference{}, errors.New("it names neither a tag nor a digest")
	case plain && !loopback(r.Host):
		return Reference{}, errors.New("oci+http is for loopback addresses only; write oci://")
	}
	return r, nil
}

func parseHTTPS(s string) (Reference, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return Reference{}, errors.New("it is no address")
	case u.User != nil:
		return Reference{}, errors.New("an address with a password in it would end up in logs")
	case !isDigest(u.Fragment):
		return Reference{}, errors.New("an https address needs the module's digest: #sha256: and 64 lower-case hex digits")
	}
	r := Reference{Kind: HTTPS, Host: u.Host, Digest: u.Fragment}
	u.Fragment = ""
	r.Path = u.String()
	return r, nil
}

// Plain is the same place reached without TLS, which only a loopback address allows. A file
// stays a file.
func (r Reference) Plain() (Reference, error) {
	if r.Kind == File {
		return r, nil
	}
	if r.Kind != OCI || !loopback(r.Host) {
		return r, errors.New("plain HTTP is for registries on loopback addresses only")
	}
	r.PlainHTTP = true
	return r, nil
}

// Pinned is the same place at the content with that digest.
func (r Reference) Pinned(digest string) Reference {
	r.Digest = digest
	return r
}

// String is what Parse reads.
func (r Reference) String() string {
	switch r.Kind {
	case OCI:
		s := "oci://" + r.Host + "/" + r.Repository
		if r.PlainHTTP {
			s = "oci+http" + strings.TrimPrefix(s, "oci")
		}
		if r.Tag != "" {
			s += ":" + r.Tag
		}
		if r.Digest != "" {
			s += "@" + r.Digest
		}
		return s
	case HTTPS:
		return r.Path + "#" + r.Digest
	}
	return r.Path
}

func isDigest(s string) bool { return regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(s) }

func isHost(s string) bool {
	u, err := url.Parse("https://" + s)
	return err == nil && u.Host == s && u.Hostname() != "" && u.User == nil
}

// loopback says whether a host is this machine by its name alone: nothing is looked up.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}
