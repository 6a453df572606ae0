package oidc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/relying"
)

// The types of subjects (OpenID Connect Core 8).
const (
	subjectPublic   = "public"
	subjectPairwise = "pairwise"
)

// sectorOf is the host that a client's pairwise subjects are for (OpenID Connect Core
// 8.1): clients with the same one see the same subjects. Empty for public ones.
func sectorOf(c *client) string {
	switch {
	case c.SubjectType != subjectPairwise:
		return ""
	case c.SectorIdentifierURI != "":
		return hostOf(c.SectorIdentifierURI)
	case len(c.RedirectURIs) == 0 || c.registered && slices.ContainsFunc(c.RedirectURIs, isApps):
		// A client without redirect URIs, such as one for devices, is alone in its sector. So is
		// an app that registered itself: to have com.example.app://bank.example.com/ is not to be
		// the bank, and any app can listen at a loopback address.
		return "client " + c.ID
	}
	return hostOf(c.RedirectURIs[0]) // all have the same: it was checked when they were read
}

// isApps says whether an answer goes to an app, and not to the host that the address names.
func isApps(redirectURI string) bool { return relying.WebHost(redirectURI) == "" }

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
	sector := sectorOf(c)
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
func sameSubjects(a, b *client) bool { return a.ID == b.ID || sectorOf(a) == sectorOf(b) }

// subjectTypes are those that clients have, or may have.
func subjectTypes() []string { return []string{subjectPublic, subjectPairwise} }
