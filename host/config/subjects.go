package config

import "net/url"

// subjects reads how a client sees users (OpenID Connect Core 8). Without a
// sector_identifier_uri all redirect URIs must be of one host, which is the sector then
// (8.1).
func (r *reader) subjects(t *table, c *Client) {
	t.oneOf("subject_type", &c.SubjectType, "public", "pairwise")
	t.checked("sector_identifier_uri", &c.SectorIdentifierURI, checkDocument)
	switch {
	case c.SectorIdentifierURI != "" && c.SubjectType != "pairwise":
		r.fault(t.pos("sector_identifier_uri"), `subject_type = "pairwise"`, "%s has a sector_identifier_uri but no pairwise subjects", t.name)
	case c.SectorIdentifierURI == "" && c.SubjectType == "pairwise" && !oneHost(c.RedirectURIs):
		r.fault(t.pos("subject_type"), "add sector_identifier_uri, where a JSON list of the redirect URIs stands", "%s has pairwise subjects, but its redirect_uris are not all of one host", t.name)
	}
}

func oneHost(uris []string) bool {
	var first string
	for i, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Hostname() == "" {
			return false
		}
		if i == 0 {
			first = u.Hostname()
		}
		if u.Hostname() != first {
			return false
		}
	}
	return true
}
