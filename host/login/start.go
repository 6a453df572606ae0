package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// maxUserAgent bounds what a run keeps of a header, in bytes.
const maxUserAgent = 512

// Start begins a run and answers the request: with the way to the run's first
// page, or, when the journey is over at once, with what the Finisher made of it.
// With an error, nothing was written. The error is ErrTooMany where nothing is kept any more
// for the address that asks.
func (f *Flow) Start(w http.ResponseWriter, r *http.Request, req Request) error {
	if _, err := f.finisher(req.For); err != nil {
		return err
	}
	sso, subject, err := f.signedIn(r)
	if err != nil {
		return err
	}
	start := journey.StartRequest{
		ID:          newRunID(f.now()),
		Journey:     req.Journey,
		Request:     req.Request,
		RawACR:      req.RawACR,
		Interactive: req.Interactive,
		Device:      described(r),
		From:        f.from(r),
	}
	if sso != nil {
		start.Session = journey.Session{Present: true, StartedAt: sso.StartedAt}
		if start.Evidence = f.counting(sso, req); len(start.Evidence) > 0 {
			start.Subject = subject
		}
	}
	run, err := f.Journeys.Start(r.Context(), start)
	if err != nil {
		return fmt.Errorf("start journey %q: %w", req.Journey, err)
	}
	f.auditViolations(context.WithoutCancel(r.Context()), run, 0)
	if err := f.refuseRevoked(r.Context(), run); err != nil {
		return err
	}
	s := &state{
		Run: run, id: run.ID, HadSession: len(start.Evidence) > 0,
		For: req.For, Client: req.Client, About: req.About, FormTarget: req.RedirectOrigin, Resume: req.Resume,
	}
	if run.End != nil {
		return f.answerAtOnce(w, r, s)
	}
	return f.begin(w, r, s)
}

// begin stores a run that waits, bound to the browser, and shows it.
func (f *Flow) begin(w http.ResponseWriter, r *http.Request, s *state) error {
	if !f.mayBegin(r, s) {
		return ErrTooMany
	}
	browser, known := f.browserOf(r)
	if !known {
		browser = newBrowser()
	}
	s.Browser = store.Key(browser)
	if err := f.save(r.Context(), s); err != nil {
		return err
	}
	if !known {
		http.SetCookie(w, f.bindingCookie(browser))
	}
	seeRun(w, s.id)
	return nil
}

// signedIn finds the browser's session and whose it is; nil when there is none,
// or its user is gone.
func (f *Flow) signedIn(r *http.Request) (*session.Session, *abi.Subject, error) {
	sso, err := f.Sessions.Lookup(r)
	if err != nil || sso == nil {
		return nil, nil, err
	}
	subject, err := f.Users.Subject(r.Context(), sso.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find the session's user: %w", err)
	}
	return sso, subject, nil
}

// counting is the evidence of a session that counts for a request (OpenID Connect
// Core 3.1.2.1: prompt=login, max_age and id_token_hint).
func (f *Flow) counting(sso *session.Session, req Request) []journey.Evidence {
	if req.IgnoreEvidence || req.Accepts != nil && !req.Accepts(sso.UserID) {
		return nil
	}
	var counted []journey.Evidence
	for _, e := range sso.Evidence {
		if req.MaxAge != nil && f.now().Sub(e.At) > *req.MaxAge {
			continue
		}
		e.Session = true
		counted = append(counted, e)
	}
	return counted
}

// described is what the network and the browser say, for steps. None of it is proof.
func described(r *http.Request) abi.Device {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	agent := r.UserAgent()
	if len(agent) > maxUserAgent {
		agent = agent[:maxUserAgent]
	}
	return abi.Device{IP: ip, UserAgent: strings.ToValidUTF8(agent, "\uFFFD")}
}

// answerAtOnce finishes a run that nobody was asked anything in. It was never
// stored: nobody else can finish it.
func (f *Flow) answerAtOnce(w http.ResponseWriter, r *http.Request, s *state) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), holdTime)
	defer cancel()
	a, err := f.finish(ctx, r, s)
	if err == nil {
		err = f.reply(w, r, s, a)
	}
	if err != nil {
		f.showFault(w, r, finishFault(err)) // never a redirect: the Finisher said no
	}
	return nil
}
