package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/journey"
)

// View is what the page demo shows: how a login ended, if one did, and the form
// that begins the next.
type View struct {
	Clients   []Client
	Account   bool   // there is an account page
	Client    string // of the login that ended
	ACRValues string // that it asked for
	Result    *Result
	Failure   *Failure
}

// Failure is a login that gave no tokens. Code and Description are the
// provider's words.
type Failure struct {
	Title, Code, Description string
}

// Result is what a login gave.
type Result struct {
	Subject  string
	ACR      *string // nil: the ID token has none
	AMR      string  // separated by commas
	AuthTime string
	// Claims of the tokens and of userinfo, as indented JSON.
	IDToken, AccessToken, UserInfo string
	Trail                          []Set
}

// Set is one entry of the acr trail, oldest first: the last one wins.
type Set struct {
	Value, Step, Use, Digest, At string
}

func viewOf(a attempt) View { return View{Client: a.Client, ACRValues: a.ACRValues} }

// showHome shows the form.
func (d *Demo) showHome(w http.ResponseWriter, _ *http.Request) {
	d.render(w, http.StatusOK, View{})
}

func (d *Demo) fail(w http.ResponseWriter, status int, v View, f Failure) {
	v.Failure = &f
	d.render(w, status, v)
}

func (d *Demo) render(w http.ResponseWriter, status int, v View) {
	v.Clients, v.Account = d.Clients, d.Account
	d.Pages.Render(w, status, "demo", v)
}

// resultOf gathers what the page shows of checked tokens.
func (d *Demo) resultOf(ctx context.Context, t tokens) (*Result, error) {
	var shown struct {
		Subject  string   `json:"sub"`
		ACR      *string  `json:"acr"`
		AMR      []string `json:"amr"`
		AuthTime int64    `json:"auth_time"`
	}
	if err := t.id.Claims(&shown); err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	result := &Result{Subject: shown.Subject, ACR: shown.ACR, AMR: strings.Join(shown.AMR, ", ")}
	if shown.AuthTime != 0 {
		result.AuthTime = moment(time.Unix(shown.AuthTime, 0))
	}
	for into, source := range map[*string]claimer{
		&result.IDToken: t.id, &result.AccessToken: t.access, &result.UserInfo: t.userInfo,
	} {
		text, err := pretty(source)
		if err != nil {
			return nil, err
		}
		*into = text
	}
	grant, err := grantID(t.access)
	if err != nil {
		return nil, err
	}
	trail, err := d.Trails.Trail(ctx, grant)
	if err != nil {
		return nil, fmt.Errorf("acr trail: %w", err)
	}
	result.Trail = setsOf(trail)
	return result, nil
}

func setsOf(trail []journey.ACRSet) []Set {
	sets := make([]Set, 0, len(trail))
	for _, s := range trail {
		sets = append(sets, Set{Value: s.Value, Step: s.Step, Use: s.Use, Digest: s.Digest, At: moment(s.At)})
	}
	return sets
}

// moment is a time as the page shows it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000 UTC") }
