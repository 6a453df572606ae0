package resource

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/acrhost/acrhost/sdk/dpop"
)

// Need is what a request needs of its access token. The zero value needs a valid one.
type Need struct {
	// ACR are the values of which the token must have one, best first; empty: any, and
	// none.
	ACR []string
	// MaxAge is how long ago the user may have been authenticated, rounded up to whole
	// seconds, as tokens and requests count in them; 0: any time.
	MaxAge time.Duration
	// Scope are the scopes that the token must have, all of them.
	Scope []string
}

// tokenKey is where a request's context holds its token.
type tokenKey struct{}

// FromContext is the token of a request that passed Require.
func FromContext(ctx context.Context) (Token, bool) {
	t, ok := ctx.Value(tokenKey{}).(Token)
	return t, ok
}

// Require lets requests pass whose access token meets a need: a bearer token (RFC 6750
// 2.1), or one that is bound to a key, with the proof (RFC 9449 7.1). All others are
// answered here: 401 with a challenge, or 403 where only a scope is missing. It panics
// when MaxAge is negative: no token could meet that, and clients would ask for ever.
func (v *Verifier) Require(n Need) func(http.Handler) http.Handler {
	if n.MaxAge < 0 {
		panic("resource: MaxAge is " + n.MaxAge.String() + ", and can't be negative")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			scheme, _, ok := presented(r)
			if !ok {
				challenge(w, http.StatusUnauthorized, v.schemes()...)
				return
			}
			t, err := v.VerifyRequest(r)
			switch {
			case errors.Is(err, dpop.ErrInvalid):
				challenge(w, http.StatusUnauthorized, scheme+`error="invalid_dpop_proof", error_description="The DPoP proof is not valid for this request"`)
			case err != nil:
				challenge(w, http.StatusUnauthorized, scheme+`error="invalid_token", error_description="The access token is not valid"`)
			case !n.authenticated(t, v.config.Now()):
				challenge(w, http.StatusUnauthorized, scheme+n.stepUp())
			case !n.scoped(t):
				challenge(w, http.StatusForbidden, scheme+`error="insufficient_scope", scope="`+quoted(strings.Join(n.Scope, " "))+`"`)
			default:
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tokenKey{}, t)))
			}
		})
	}
}

// authenticated says whether the user was authenticated well enough, and lately
// enough. What the token does not say is not so.
func (n Need) authenticated(t Token, now time.Time) bool {
	if len(n.ACR) > 0 && (t.ACR == nil || !slices.Contains(n.ACR, *t.ACR)) {
		return false
	}
	return n.MaxAge == 0 || !t.AuthTime.IsZero() && now.Sub(t.AuthTime) <= n.maxAge()
}

// maxAge is MaxAge in whole seconds, the unit of max_age and auth_time. Rounded down, half
// a second would be a challenge for 0, which what it asks for does not meet.
func (n Need) maxAge() time.Duration {
	whole := n.MaxAge.Truncate(time.Second)
	if whole < n.MaxAge {
		whole += time.Second
	}
	return whole
}

func (n Need) scoped(t Token) bool {
	return !slices.ContainsFunc(n.Scope, func(s string) bool { return !slices.Contains(t.Scope, s) })
}

// stepUp is the challenge of RFC 9470 3: what a new authorization request has to ask
// for.
func (n Need) stepUp() string {
	text := `error="insufficient_user_authentication", error_description="A different authentication is required"`
	if len(n.ACR) > 0 {
		text += `, acr_values="` + quoted(strings.Join(n.ACR, " ")) + `"`
	}
	if n.MaxAge > 0 {
		text += `, max_age="` + strconv.FormatInt(int64(n.maxAge()/time.Second), 10) + `"`
	}
	return text
}

// quoted escapes a text for a quoted-string (RFC 9110 5.6.4).
func quoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace(s)
}

func challenge(w http.ResponseWriter, status int, texts ...string) {
	w.Header()["Www-Authenticate"] = texts
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
}
