package login

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/session"
)

// finish turns a run that has ended into the answer to the client. Only who holds
// the run may call it, once.
func (f *Flow) finish(ctx context.Context, r *http.Request, s *state) (answer, error) {
	finisher, err := f.finisher(s.For)
	if err != nil {
		return answer{}, err // and nobody is signed in
	}
	r = r.WithContext(ctx)
	finished := Finished{Run: s.Run, Resume: s.Resume, HadSession: s.HadSession}
	var a answer
	if s.Run.End.Terminal == journey.Success {
		if finished.SessionKey, finished.SessionID, a.Cookies, err = f.signIn(r, s.Run); err != nil {
			return answer{}, err
		}
		if shown := f.Sessions.ShowState(finished.SessionID); shown != nil {
			a.Cookies = append(a.Cookies, shown)
		}
		finished.AuthTime, finished.AMR = s.Run.AuthTime(), s.Run.AllAMR()
	}
	f.log().InfoContext(ctx, "journey ended", "run", s.id, "journey", s.Run.Journey,
		"terminal", s.Run.End.Terminal, "code", s.Run.End.Code, "reason", s.Run.End.Reason)
	if a.Response, err = finisher.Finish(ctx, finished); err != nil {
		return answer{}, fmt.Errorf("finish run %s: %w", s.id, err)
	}
	return a, nil
}

// finisher is who began a login under this name. The configuration may have changed
// since: a name that nobody has is an error.
func (f *Flow) finisher(name string) (Finisher, error) {
	finisher, ok := f.Finishers[name]
	if !ok {
		return nil, fmt.Errorf("nobody finishes logins for %q", name)
	}
	return finisher, nil
}

// signIn says which session the user has from now on. Whoever proved something
// gets a new one, its cookie, and that by which the browser is known. When all
// evidence came from the session, the browser keeps it. Without any evidence there is
// no session.
func (f *Flow) signIn(r *http.Request, run *journey.Run) (key, id string, _ []*http.Cookie, _ error) {
	if run.Subject == nil {
		return "", "", nil, fmt.Errorf("run %s succeeded with no subject", run.ID)
	}
	if len(run.Evid) == 0 {
		return "", "", nil, nil
	}
	// The browser's session now, which may be another than when the run began: a
	// second tab may have signed in since.
	current, err := f.Sessions.Lookup(r)
	if err != nil {
		return "", "", nil, err
	}
	ok, err := f.stands(r.Context(), run, current)
	if err != nil {
		return "", "", nil, err
	}
	if !ok {
		run.End = sessionEnded()
		return "", "", nil, nil
	}
	fresh := slices.DeleteFunc(slices.Clone(run.Evid), func(e journey.Evidence) bool { return e.Session })
	if len(fresh) > 0 {
		from := described(r)
		at := session.Place{Address: from.IP, UserAgent: from.UserAgent}
		next, cookie, err := f.Sessions.Renew(r.Context(), current, run.Subject.ID, at, fresh)
		if err != nil {
			return "", "", nil, err
		}
		device, err := f.remember(r, run.Subject.Username)
		if err != nil {
			return "", "", nil, err
		}
		return next.Key, next.ID, []*http.Cookie{cookie, device}, nil
	}
	return current.Key, current.ID, nil, nil
}

// stands says whether what a run took over from a session still counts: the browser's
// session now must be one of the same user. It may be another than the one that the
// run began in, as a second tab may have signed in since; but one that was signed out
// takes all runs with it that live on its evidence. What was verified in the run itself
// counts until the user's password or a factor is changed.
func (f *Flow) stands(ctx context.Context, run *journey.Run, current *session.Session) (bool, error) {
	lives := slices.ContainsFunc(run.Evid, func(e journey.Evidence) bool { return e.Session })
	if lives && (current == nil || run.Subject == nil || current.UserID != run.Subject.ID) {
		return false, nil
	}
	return f.Sessions.Trusted(ctx, run)
}

// sessionEnded is the end of a run whose evidence is void.
func sessionEnded() *journey.End {
	return &journey.End{Terminal: journey.Failure, Code: "access_denied", Refused: true, Reason: "the session ended, or what was verified stopped to count, while it was in use"}
}
