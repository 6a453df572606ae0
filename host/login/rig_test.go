package login_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/acrhost/acrhost/host/hosttest"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/session"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/throttle"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// The addresses of the client in these tests.
const (
	clientOrigin = "https://client.example"
	clientURI    = clientOrigin + "/callback"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// journeys is a journey of two questions, a user name with a password and a code,
// that counts how often each is answered.
type journeys struct {
	now func() time.Time

	mu       sync.Mutex
	answered map[string]int // by run and question
	started  []journey.StartRequest
	answers  []journey.Answer

	held  *hold                      // when set, the next answer waits for its end
	fault func(*journey.Run) error   // when set, what Advance answers
	first func(*journey.Run)         // when set, how a run begins
	step  func(*journey.Run, string) // when set, sees each answer before it counts
}

func (j *journeys) Start(_ context.Context, req journey.StartRequest) (*journey.Run, error) {
	if req.Journey == "" {
		return nil, errors.New("no journey")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.started = append(j.started, req)
	run := &journey.Run{
		ID: req.ID, Journey: req.Journey, Request: req.Request, Interactive: req.Interactive,
		StartedAt: j.now(), Deadline: j.now().Add(15 * time.Minute),
		Subject: req.Subject, Evid: req.Evidence,
	}
	switch {
	case j.first != nil:
		j.first(run)
	case len(req.Evidence) > 0:
		run.End = &journey.End{Terminal: journey.Success}
	case !req.Interactive:
		run.End = &journey.End{Terminal: journey.Failure, Code: "interaction_required"}
	default:
		run.Prompt = passwordPrompt()
	}
	return run, nil
}

func (j *journeys) Advance(ctx context.Context, run *journey.Run, a *journey.Answer) error {
	j.mu.Lock()
	held := j.held
	j.held = nil
	j.mu.Unlock()
	if held != nil {
		close(held.entered)
		<-held.end
		if held.fault != nil {
			if err := held.fault(ctx); err != nil {
				return err
			}
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.answers = append(j.answers, *a)
	question := run.Prompt.Fields[0].Name
	j.answered[run.ID+" "+question]++
	if j.step != nil {
		j.step(run, question)
	}
	run.Prompt = nil
	if j.fault != nil {
		return j.fault(run)
	}
	switch {
	case a.Action == "cancel":
		run.End = &journey.End{Terminal: journey.Failure, Code: "access_denied"}
	case question == "username":
		run.Subject = &abi.Subject{ID: "u_" + a.Form["username"], Username: a.Form["username"]}
		run.Evid = []journey.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: j.now(), Step: "password"}}
		run.Prompt = codePrompt()
	default:
		run.Evid = append(run.Evid, journey.Evidence{Method: "sms", AMR: []string{"sms"}, At: j.now(), Step: "sms"})
		run.End = &journey.End{Terminal: journey.Success}
	}
	return nil
}

func (j *journeys) Title(*journey.Run) string { return "Sign in to Example Bank" }

// hold is a step that takes its time.
type hold struct {
	entered, end chan struct{}
	fault        func(context.Context) error // when set, whether it fails in the end
}

// holdNext makes the next answer wait until the hold's end is closed.
func (j *journeys) holdNext() *hold {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.held = &hold{entered: make(chan struct{}), end: make(chan struct{})}
	return j.held
}

// most is how often the most answered question of any run was answered.
func (j *journeys) most() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	most := 0
	for _, n := range j.answered {
		most = max(most, n)
	}
	return most
}

func passwordPrompt() *abi.Prompt {
	return &abi.Prompt{
		Title: "Who are you?",
		Fields: []abi.Field{
			{Name: "username", Type: abi.Username, Label: "User name", Required: true},
			{Name: "password", Type: abi.Password, Label: "Password", Required: true},
		},
		Actions: []abi.Action{{Name: "submit", Label: "Continue"}, {Name: "cancel", Label: "Cancel"}},
	}
}

func codePrompt() *abi.Prompt {
	return &abi.Prompt{Title: "Code", Fields: []abi.Field{{Name: "code", Type: abi.OTP, Label: "Code", Required: true}}}
}

// users know everybody whose id begins with u_, except those who are gone.
type users struct{ gone map[string]bool }

func (u *users) Subject(_ context.Context, id string) (*abi.Subject, error) {
	name, ok := strings.CutPrefix(id, "u_")
	if !ok || u.gone[id] {
		return nil, store.ErrNotFound
	}
	return &abi.Subject{ID: id, Username: name}, nil
}

// finisher gives a new code for each run and counts.
type finisher struct {
	mu       sync.Mutex
	finished []login.Finished
	mode     string
	fault    error
}

func (f *finisher) Finish(_ context.Context, fin login.Finished) (login.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finished = append(f.finished, fin)
	if f.fault != nil {
		return login.Response{}, f.fault
	}
	params := url.Values{"state": {string(fin.Resume)}}
	if fin.Run.End.Terminal == journey.Success {
		params.Set("code", fmt.Sprintf("code-%d", len(f.finished)))
	} else {
		params.Set("error", fin.Run.End.Code)
	}
	return login.Response{URL: clientURI, Params: params, Mode: f.mode}, nil
}

func (f *finisher) all() []login.Finished {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.finished)
}

// rig is a Flow behind a server, with a fake journey and a fake provider.
type rig struct {
	t        testing.TB
	clock    *clock
	store    *memory.Store
	journeys *journeys
	users    *users
	finisher *finisher
	flow     *login.Flow
	url      string
	request  login.Request // what /start begins
}

func newRig(t *testing.T) *rig {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)}
	r := build(t, c.now)
	r.clock = c
	server := httptest.NewServer(r.handler())
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func build(t testing.TB, now func() time.Time) *rig {
	t.Helper()
	r := &rig{
		t: t, store: memory.NewWithClock(now), users: &users{gone: map[string]bool{}},
		journeys: &journeys{now: now, answered: map[string]int{}},
		finisher: &finisher{mode: page.ModeQuery},
		request: login.Request{
			For: "client", Journey: "bank", Client: "Example Bank", Interactive: true,
			RedirectOrigin: clientOrigin, Resume: []byte(`"resume"`),
		},
	}
	sealer, err := store.NewSealer(make([]byte, store.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	r.flow = &login.Flow{
		Journeys: r.journeys, Users: r.users, Store: r.store, Audit: r.store, Finishers: map[string]login.Finisher{"client": r.finisher}, Sealer: sealer,
		Throttle: throttle.New(throttle.Config{Artifacts: r.store, Sealer: sealer, Now: now}),
		Sessions: &session.Store{Artifacts: r.store, Now: now}, Pages: page.New(page.Config{}), Now: now,
	}
	return r
}

// handler serves the flow, and /start to begin what the rig's request says.
func (r *rig) handler() http.Handler {
	mux := chi.NewRouter()
	r.flow.Routes(mux)
	mux.Get("/start", func(w http.ResponseWriter, req *http.Request) {
		if err := r.flow.Start(w, req, r.request); err != nil {
			http.Error(w, "start: "+err.Error(), http.StatusTeapot)
		}
	})
	return mux
}

func (r *rig) browser() *hosttest.Browser {
	r.t.Helper()
	b, err := hosttest.NewBrowser(r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

func (r *rig) get(b *hosttest.Browser, path string) *hosttest.Page {
	r.t.Helper()
	p, err := b.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// begin starts a run and shows its first prompt.
func (r *rig) begin(b *hosttest.Browser) *hosttest.Page {
	r.t.Helper()
	return r.see(r.get(b, "/start"), http.StatusOK, "Who are you?")
}

func (r *rig) submit(b *hosttest.Browser, p *hosttest.Page, fields ...string) *hosttest.Page {
	r.t.Helper()
	next, err := b.Submit(p, form(fields))
	if err != nil {
		r.t.Fatal(err)
	}
	return next
}

// signIn goes through the whole journey, to the client.
func (r *rig) signIn(b *hosttest.Browser, name string) *hosttest.Page {
	r.t.Helper()
	p := r.submit(b, r.begin(b), "username", name, "password", "secret")
	return r.atClient(r.submit(b, r.see(p, http.StatusOK, "Code"), "code", "123456"))
}

// see wants a page with a status and a text.
func (r *rig) see(p *hosttest.Page, status int, text string) *hosttest.Page {
	r.t.Helper()
	if p.Status != status || !strings.Contains(p.Text(), text) {
		r.t.Fatalf("%s is %d, not %d with %q:\n%s", p.URL, p.Status, status, text, p.Text())
	}
	return p
}

// atClient wants to be at the client, with a code.
func (r *rig) atClient(p *hosttest.Page) *hosttest.Page {
	r.t.Helper()
	if !strings.HasPrefix(p.URL.String(), clientURI) || p.Params().Get("code") == "" {
		r.t.Fatalf("not at the client with a code, but at %s %d:\n%s", p.URL, p.Status, p.Text())
	}
	return p
}

func form(pairs []string) map[string]string {
	fields := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1]
	}
	return fields
}

func cookie(b *hosttest.Browser, name string) string {
	for _, c := range b.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

const (
	sessionCookie = "acrhost-session"
	browserCookie = "acrhost-browser"
)
