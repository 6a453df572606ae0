package selfservice

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// What a login is for.
const (
	wantLook   = "look"
	wantChange = "change"
)

// resume is what must be remembered while a journey runs.
type resume struct {
	Want string `json:"want,omitzero"` // of a login
	// Of a journey that adds something: what, and the key of the session that it began
	// in.
	Add     string `json:"add,omitzero"`
	Session string `json:"session,omitzero"`
}

// signIn begins a login in which nothing of before counts. v is who is signed in
// already, or nil.
func (s *Service) signIn(w http.ResponseWriter, r *http.Request, v *visitor, want string) error {
	request := abi.Request{}
	if v != nil {
		request.Prompt, request.LoginHint = []string{"login"}, &v.user.Name
	}
	return s.begin(w, r, resume{Want: want}, login.Request{
		Journey: s.Journey, Client: s.Name, Request: request, IgnoreEvidence: true,
	})
}

func (s *Service) begin(w http.ResponseWriter, r *http.Request, keep resume, request login.Request) error {
	var err error
	if request.Resume, err = json.Marshal(keep); err != nil {
		return fmt.Errorf("keep what a login is for: %w", err)
	}
	request.For, request.Interactive = LoginsFor, true
	return s.Login.Start(w, r, request)
}

// Finish leads back to the account. It satisfies login.Finisher.
func (s *Service) Finish(ctx context.Context, f login.Finished) (login.Response, error) {
	var kept resume
	if err := json.Unmarshal(f.Resume, &kept); err != nil {
		return login.Response{}, fmt.Errorf("read what the login was for: %w", err)
	}
	if f.Run == nil || f.Run.End == nil {
		return login.Response{}, fmt.Errorf("finish a login at %s: the run has not ended", Path)
	}
	succeeded := f.Run.End.Terminal == journey.Success
	switch {
	case kept.Add == "":
		s.auditLogin(ctx, f, succeeded)
		return s.to(backPath, url.Values{"for": {kept.Want}}), nil
	case succeeded && slices.Contains([]string{factor.Password, "phone", "email"}, kept.Add):
		// It may be in another's place: whoever is signed in somewhere by that one is out.
		if err := s.endRest(ctx, f.Run.Subject.ID, f.SessionKey); err != nil {
			return login.Response{}, err
		}
		fallthrough
	case succeeded:
		return s.to(Path, s.notice(f.SessionKey, added+kept.Add)), nil
	}
	return s.to(Path, s.notice(kept.Session, notAdded)), nil
}

func (s *Service) to(path string, params url.Values) login.Response {
	return login.Response{URL: s.Issuer + path, Params: params, Mode: page.ModeQuery}
}

func (s *Service) auditLogin(ctx context.Context, f login.Finished, succeeded bool) {
	e := store.Event{Type: "login.failed", Run: f.Run.ID, Details: map[string]any{"journey": f.Run.Journey, "code": f.Run.End.Code, "reason": f.Run.End.Reason}}
	if succeeded {
		e.Type, e.Details = "login.ok", map[string]any{"journey": f.Run.Journey, "acr": f.Run.ACR, "amr": f.AMR}
	}
	if f.Run.Subject != nil {
		e.UserID = f.Run.Subject.ID
	}
	s.audit(ctx, e)
}
