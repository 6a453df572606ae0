package oidc

import (
	"net/url"
	"strings"
)

// metadataPaths are where the document stands for plain OAuth clients: RFC 8414 3.1 puts
// the well-known part between the issuer's host and its path. A proxy that takes the path
// away before it asks us finds it at the first one.
func (p *Provider) metadataPaths() []string {
	paths := []string{pathMetadata}
	if u, err := url.Parse(p.Issuer); err == nil && u.Path != "" && !strings.ContainsAny(u.Path, "{}*") { // those mean something to the router
		paths = append(paths, pathMetadata+u.Path)
	}
	return paths
}
