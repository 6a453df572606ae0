package oidc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/config"
)

// The types of subjects (OpenID Connect Core 8).
const (
	subjectPublic   = "public"
	subjectPairwise = "pairwise"
)

// sectorOf is the host that a client's pairwise subjects are for (OpenID Connect Core
// 8.1): clients with the same one see the same subjects. Empty for public ones.
func sectorOf(c config.Client) string {
	if c.SubjectType != subjectPairwise {
		return ""
	}
	if c.SectorIdentifierURI != "" {
		return hostOf(c.SectorIdentifierURI)
	}
	for _, uri := range c.RedirectURIs {
		return hostOf(uri) // all have the same: it was checked when they were read
	}
	// A client without redirect URIs, such as one for devices, is alone in its sector.
	return "client " + c.ID
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname()) // RFC 3986 6.2.2.1
}

// subjectFor is the sub of a user as a client sees it, in everything that the client gets.
// A pairwise one tells nothing of the user, and not whether two of different sectors are
// the same one's (OpenID Connect Core 8.1: not reversible by anybody but the provider).
func (p *Provider) subjectFor(c *client, userID string) string {
	sector := sectorOf(c.Client)
	if sector == "" {
		return userID
	}
	mac := hmac.New(sha256.New, p.PairwiseSalt)
	mac.Write([]byte(sector))
	mac.Write([]byte{0}) // no host has it: nobody shifts a letter from one to the other
	mac.Write([]byte(userID))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// acceptsAny says whether a user is one of those whom a client has named, by subjects as it
// sees them.
func (p *Provider) acceptsAny(c *client, subjects []string, userID string) bool {
	return slices.Contains(subjects, p.subjectFor(c, userID))
}

// sameSubjects says whether two clients see the same subjects.
func sameSubjects(a, b *client) bool { return a.ID == b.ID || sectorOf(a.Client) == sectorOf(b.Client) }

// subjectTypes are those that clients have, or may have.
func subjectTypes() []string { return []string{subjectPublic, subjectPairwise} }
