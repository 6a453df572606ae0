package selfservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
)

// clients are the applications that the user allowed something. One that is gone, or that
// can't be used at the moment, is shown by its id: what was allowed can still be taken back.
func (s *Service) clients(ctx context.Context, userID string) ([]Client, error) {
	given, err := s.Consents.Of(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("find the user's consents: %w", err)
	}
	var all []Client
	for i, c := range given {
		known, err := s.Client(ctx, c.ClientID)
		if _, unusable := errors.AsType[config.Faults](err); err != nil && !unusable && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("find the client %q: %w", c.ClientID, err)
		}
		all = append(all, Client{
			N: i + 1, ID: c.ClientID, Name: cmp.Or(known.Name, c.ClientID), Scopes: append(scopesInWords(c.Scope), claimsInWords(c.Claims)...), Given: fact("Allowed", c.GivenAt),
			Policy: known.PolicyURI, Terms: known.TermsURI, Open: s.initiate(known.InitiateLoginURI),
		})
	}
	return all, nil
}

// initiate is where the application begins a login here: OpenID Connect Core 4 has the
// issuer in it.
func (s *Service) initiate(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || uri == "" {
		return ""
	}
	q := u.Query()
	q.Set("iss", s.Issuer)
	u.RawQuery = q.Encode()
	return u.String()
}

// scopesInWords are what scopes mean to people (OpenID Connect Core 5.4 and 11). openid is
// left out: it says no more than that the user signs in there.
func scopesInWords(scopes []string) []string {
	words := map[string]string{
		"profile": "Your name and your profile", "email": "Your e-mail address", "phone": "Your phone number",
		"address": "Your postal address", "offline_access": "All of this also while you are not signed in",
	}
	var all []string
	for _, scope := range scopes {
		if scope != "openid" {
			all = append(all, cmp.Or(words[scope], scope))
		}
	}
	return all
}

// claimsInWords are what claims by name mean to people.
func claimsInWords(claims []string) []string {
	words := map[string]string{"name": "Your full name", "email": "Your e-mail address", "address": "Your postal address", "phone_number": "Your phone number"}
	var all []string
	for _, claim := range claims {
		all = append(all, cmp.Or(words[claim], "What your profile says as "+claim))
	}
	return all
}

// revoke takes back what the user allowed an application, and ends what it was granted. As
// with sessions, that takes no more than to be in one.
func (s *Service) revoke(w http.ResponseWriter, r *http.Request, v *visitor, fields url.Values) error {
	client := fields.Get("client")
	n, err := s.Consents.Revoke(r.Context(), v.user.ID, client)
	if err != nil {
		return err
	}
	s.audit(r.Context(), store.Event{Type: "consent.revoked", UserID: v.user.ID, Client: client, Details: map[string]any{"grants": n}})
	seeOther(w, s.done(v, clientRevoked))
	return nil
}
