package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// kindUpstream is the credential that ties a user of another provider to a user here.
const kindUpstream = "upstream"

// Upstream is a user as another provider describes them. Issuer and Subject together
// are who they are (OpenID Connect Core 5.7); an e-mail address is not.
type Upstream struct {
	Provider string // its name in the configuration
	Issuer   string
	Subject  string
	// Email is the address that the provider verified and whose domain the operator
	// trusts it with; else empty.
	Email  string
	Claims map[string]any
}

// UpstreamRule says who an Upstream without a link is here. The zero value: nobody.
type UpstreamRule struct {
	ByEmail bool // the one user with the same verified address
	Create  bool // a new user
}

// Found is the user here, and since when they are linked.
type Found struct {
	store.User
	How string // empty: since before; LinkedByEmail or LinkedNew: since now
}

// How a link was made by a login.
const (
	LinkedByEmail = "email"
	LinkedNew     = "created"
)

// ErrUnlinked means that no user here belongs to a user of another provider.
var ErrUnlinked = errors.New("no user is linked")

// ByUpstream finds the user who belongs to a user of another provider, and links or
// makes one when the rule says so. Else it is ErrUnlinked.
func (s *Service) ByUpstream(ctx context.Context, u Upstream, rule UpstreamRule) (Found, error) {
	user, err := s.linked(ctx, u)
	if !errors.Is(err, ErrUnlinked) {
		return Found{User: user}, err
	}
	if rule.ByEmail && u.Email != "" {
		if user, err = s.linkByEmail(ctx, u); !errors.Is(err, ErrUnlinked) {
			return Found{user, LinkedByEmail}, err
		}
	}
	if rule.Create {
		user, err = s.createFromUpstream(ctx, u)
		return Found{user, LinkedNew}, err
	}
	return Found{}, ErrUnlinked
}

func (s *Service) linked(ctx context.Context, u Upstream) (store.User, error) {
	c, err := s.users.Credential(ctx, upstreamID(u))
	if errors.Is(err, store.ErrNotFound) {
		return store.User{}, ErrUnlinked
	}
	if err != nil {
		return store.User{}, fmt.Errorf("find the link: %w", err)
	}
	user, err := s.users.User(ctx, c.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return store.User{}, ErrUnlinked
	}
	c.LastUsedAt = s.now()
	if _, putErr := s.users.PutCredential(ctx, c); err == nil && !errors.Is(putErr, store.ErrConflict) {
		err = putErr
	}
	return user, err
}

// linkByEmail believes an address once: from then on the link counts. It links nobody
// who is linked to that provider already: there, somebody else has the address now.
func (s *Service) linkByEmail(ctx context.Context, u Upstream) (store.User, error) {
	found, err := s.users.UsersByEmail(ctx, u.Email, 2)
	if err != nil {
		return store.User{}, fmt.Errorf("find the user of an e-mail address: %w", err)
	}
	if len(found) != 1 || found[0].Disabled {
		return store.User{}, ErrUnlinked
	}
	before, err := s.users.Credentials(ctx, found[0].ID)
	if err != nil {
		return store.User{}, fmt.Errorf("read credentials: %w", err)
	}
	for _, c := range before {
		var link upstreamLink
		if c.Kind == kindUpstream && json.Unmarshal(c.Data, &link) == nil && link.Issuer == u.Issuer {
			return store.User{}, ErrUnlinked
		}
	}
	return found[0], s.link(ctx, found[0].ID, u)
}

// LinkUpstream ties a user of another provider to a user here, by the word of the
// operator. store.ErrConflict: they are tied to one already.
func (s *Service) LinkUpstream(ctx context.Context, userID string, u Upstream) error {
	if err := s.link(ctx, userID, u); err != nil {
		return err
	}
	return s.record(ctx, "upstream.linked", userID, map[string]any{"provider": u.Provider, "issuer": u.Issuer})
}

func (s *Service) link(ctx context.Context, userID string, u Upstream) error {
	if u.Issuer == "" || u.Subject == "" {
		return errors.New("link: an issuer and a subject are needed")
	}
	data, err := json.Marshal(upstreamLink{u.Issuer, u.Subject})
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	_, err = s.users.PutCredential(ctx, store.Credential{
		ID: upstreamID(u), UserID: userID, Kind: kindUpstream, Label: u.Provider, Data: data, CreatedAt: s.now(),
	})
	if err != nil {
		return fmt.Errorf("link to %s: %w", u.Provider, err)
	}
	return nil
}

// upstreamLink is what a link's credential holds.
type upstreamLink struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// upstreamID names a link: for one user there, there is one user here.
func upstreamID(u Upstream) string {
	return kindUpstream + ":" + store.Key(u.Issuer+"\x00"+u.Subject)
}

// createFromUpstream makes a user. The name is made of the provider's and of its sub,
// never of a name or an address that somebody chose there: it could be the one of a
// user here.
func (s *Service) createFromUpstream(ctx context.Context, u Upstream) (store.User, error) {
	user, err := s.create(ctx, NewUser{
		ID: rand.Text(), Name: upstreamName(u), Email: u.Email, EmailVerified: u.Email != "", Claims: profileOf(u.Claims),
	})
	if errors.Is(err, ErrNameTaken) {
		return s.linked(ctx, u) // by a login of the same moment, or by an operator: then it is nobody's
	}
	if err != nil {
		return store.User{}, fmt.Errorf("create a user of %s: %w", u.Provider, err)
	}
	if err = s.link(ctx, user.ID, u); err == nil {
		return user, nil
	}
	if removed := s.users.RemoveUser(ctx, user.ID); removed != nil {
		return store.User{}, errors.Join(err, removed)
	}
	if errors.Is(err, store.ErrConflict) {
		return s.linked(ctx, u)
	}
	return store.User{}, err
}

// upstreamName is the sub where it can be told apart in any case, else a digest of it.
func upstreamName(u Upstream) string {
	sub := u.Subject
	if len(sub) > 64 || strings.Trim(sub, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		sum := sha256.Sum256([]byte(u.Issuer + "\x00" + sub))
		sub = hex.EncodeToString(sum[:16])
	}
	return u.Provider + ":" + sub
}

// profileOf are the claims of a person that are taken over, as texts that are not long.
func profileOf(claims map[string]any) map[string]any {
	const longest = 256
	profile := map[string]any{}
	for _, name := range []string{"name", "given_name", "family_name", "middle_name", "nickname", "locale", "zoneinfo"} {
		if text, ok := claims[name].(string); ok && text != "" && len(text) <= longest {
			profile[name] = text
		}
	}
	return profile
}
