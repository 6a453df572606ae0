package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/acrhost/acrhost/host/hosttest"
)

// sceneCommands is the language of the scripts, beside testscript's own.
var sceneCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"start":           cmdStart,          // start [FLAG ...]: run the server, wait until it answers
	"halt":            cmdHalt,           // halt: SIGTERM, and wait
	"crash":           cmdCrash,          // crash: SIGKILL, and wait
	"reload":          cmdReload,         // [!] reload: SIGHUP, and wait until the new configuration is live, or refused
	"replace":         cmdReplace,        // [!] replace FILE OTHER: overwrite a file that serve --dev watches, and wait as reload does
	"tab":             cmdTab,            // tab NAME [of OTHER]: switch to a tab; a new one has its own cookies or OTHER's
	"begin":           cmdBegin,          // begin [client=ID] [name=value ...]: an authorization request
	"foreign":         cmdForeign,        // foreign HOST STATUS TEXT: ask for / by another name
	"goto":            cmdGoto,           // goto PATH: navigate
	"submit":          cmdSubmit,         // submit [_form=ID] [name=value ...]: fill in the form on the page, or that one, and send it
	"submit-twice":    cmdSubmitTwice,    // the same, by a double click: two requests at once
	"keep":            cmdKeep,           // keep NAME: remember the page
	"back":            cmdBack,           // back NAME: show a remembered page again, as the back button does
	"sees":            cmdSees,           // [!] sees TEXT: the page shows it
	"same-page":       cmdSamePage,       // same-page NAME: the page reads as the kept one
	"status":          cmdStatus,         // [!] status CODE: of the page
	"answer":          cmdAnswer,         // [!] answer name[=value] ...: what came to the redirect URI
	"tokens":          cmdTokens,         // tokens: exchange the code, check the tokens
	"refresh":         cmdRefresh,        // [!] refresh [TOKEN]: use the last refresh token, or this one
	"keep-refresh":    cmdKeepRefresh,    // keep-refresh VARIABLE: the refresh token
	"keep-claim":      cmdKeepClaim,      // keep-claim NAME VARIABLE: of the ID token, as JSON
	"keep-grant":      cmdKeepGrant,      // keep-grant VARIABLE: the id of the grant that the tokens come from
	"claim":           cmdClaim,          // [!] claim NAME [VALUE]: of the ID token
	"access-claim":    cmdAccessClaim,    // [!] access-claim NAME [VALUE]: of the access token
	"introspect":      cmdIntrospect,     // [!] introspect NAME [VALUE]: of what introspection says of the access token
	"claim-like":      cmdClaimLike,      // claim-like NAME PATTERN: of the ID token
	"amr":             cmdAMR,            // amr VALUE ...: the ID token's, exactly, in any order
	"code":            cmdCode,           // code sms|email VARIABLE: the last code that was sent
	"pause":           cmdPause,          // pause DURATION
	"sent":            cmdSent,           // sent N: how many messages were sent so far
	"has-element":     cmdHasElement,     // [!] has-element TAG [TEXT]: the page has such an element, holding TEXT
	"plant":           cmdPlant,          // plant NAME VALUE: a cookie that somebody else chose
	"cookie":          cmdCookie,         // [!] cookie NAME [VALUE]: the browser holds it
	"keep-cookie":     cmdKeepCookie,     // keep-cookie NAME VARIABLE
	"output-has":      cmdOutputHas,      // [!] output-has TEXT: the server printed it
	"scrape":          cmdScrape,         // [!] scrape TEXT: the metrics hold it
	"keep-signer":     cmdKeepSigner,     // keep-signer id|access VARIABLE: the kid of the token
	"await-signer":    cmdAwaitSigner,    // await-signer id|access KID: refresh until another key signs
	"published":       cmdPublished,      // [!] published KID: wait until the key set holds the key, or does not
	"receive-logouts": cmdReceiveLogouts, // receive-logouts STATUS: the relying party hears of logouts at $LOGOUT, and answers so
	"logged-out":      cmdLoggedOut,      // [!] logged-out STATUS: wait until a logout token of the tab's session was answered so; none was so far
	"register":        cmdRegister,       // register TOKEN-FILE DOCUMENT STATUS: a client registers itself; sets CLIENT
	"registry":        cmdRegistry,       // registry: run an OCI registry; sets REGISTRY and PASSWORD
	"spoil":           cmdSpoil,          // spoil MODULE: change it where the registry keeps it
	"stop-registry":   cmdStopRegistry,   // stop-registry: end it
	"docker-login":    cmdDockerLogin,    // docker-login: docker's configuration knows the registry's user
	"expand":          cmdExpand,         // expand FILE ...: replace variables in files
	"digest":          cmdDigest,         // digest FILE VARIABLE
	"forget":          cmdForget,         // forget MODULE ...: it was never fetched
	"audited":         cmdAudited,        // [!] audited TYPE TEXT ...: an event of that type holds all of it; the server must be down
}

func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	err := sceneOf(ts).start(ts.Getenv("WORK"), args...)
	if neg != (err != nil) {
		ts.Fatalf("start: %v", err)
	}
}

func cmdHalt(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(sceneOf(ts).stop())
}

func cmdCrash(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(sceneOf(ts).crash())
}

func cmdTab(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) == 1:
		ts.Check(sceneOf(ts).openTab(args[0], ""))
	case len(args) == 3 && args[1] == "of":
		ts.Check(sceneOf(ts).openTab(args[0], args[2]))
	default:
		ts.Fatalf("usage: tab NAME [of OTHER]")
	}
}

func cmdBegin(ts *testscript.TestScript, _ bool, args []string) {
	client := "app"
	params := map[string][]string{}
	for name, value := range pairs(ts, args) {
		if name == "client" {
			client = value
			continue
		}
		params[name] = []string{value}
	}
	ts.Check(sceneOf(ts).begin(client, params))
}

// cmdForeign asks as a browser does whose page has made its own name mean this machine.
func cmdForeign(ts *testscript.TestScript, _ bool, args []string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, sceneOf(ts).issuer+"/", http.NoBody)
	ts.Check(err)
	req.Host = args[0]
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if strconv.Itoa(resp.StatusCode) != args[1] || !strings.Contains(string(body), args[2]) {
		ts.Fatalf("%s: %d %s", args[0], resp.StatusCode, body)
	}
}

func cmdGoto(ts *testscript.TestScript, _ bool, args []string) {
	s := sceneOf(ts)
	if s.tab == nil {
		ts.Check(s.openTab("first", ""))
	}
	address := args[0]
	if strings.HasPrefix(address, "/") {
		address = s.issuer + address
	}
	ts.Check(s.show(s.tab.browser.Get(address)))
}

func cmdSubmit(ts *testscript.TestScript, _ bool, args []string) {
	s := sceneOf(ts)
	fields := pairs(ts, args)
	id, ok := fields["_form"]
	if !ok {
		ts.Check(s.show(s.tab.browser.Submit(s.tab.page, fields)))
		return
	}
	delete(fields, "_form")
	ts.Check(s.show(s.tab.browser.SubmitForm(s.tab.page, id, fields)))
}

func cmdSubmitTwice(ts *testscript.TestScript, _ bool, args []string) {
	s := sceneOf(ts)
	fields := pairs(ts, args)
	var pages [2]*hosttest.Page
	var errs [2]error
	var group sync.WaitGroup
	for i := range pages {
		tab := s.tab.browser.Clone()
		group.Go(func() { pages[i], errs[i] = tab.Submit(s.tab.page, fields) })
	}
	group.Wait()
	for _, err := range errs {
		ts.Check(err)
	}
	// The browser shows the answer to the second click.
	if pages[0].URL.String() != pages[1].URL.String() {
		ts.Fatalf("the clicks led to two places:\n%s\n%s", pages[0].URL, pages[1].URL)
	}
	s.tab.page = pages[1]
}

func cmdKeep(ts *testscript.TestScript, _ bool, args []string) {
	sceneOf(ts).kept[args[0]] = sceneOf(ts).tab.page
}

func cmdBack(ts *testscript.TestScript, _ bool, args []string) {
	page, ok := sceneOf(ts).kept[args[0]]
	if !ok {
		ts.Fatalf("no page was kept as %q", args[0])
	}
	sceneOf(ts).tab.page = page
}

func cmdSees(ts *testscript.TestScript, neg bool, args []string) {
	page := sceneOf(ts).tab.page
	if strings.Contains(page.Text(), args[0]) == neg {
		ts.Fatalf("%s %d shows:\n%s", page.URL, page.Status, page.Text())
	}
}

func cmdSamePage(ts *testscript.TestScript, _ bool, args []string) {
	kept, page := sceneOf(ts).kept[args[0]], sceneOf(ts).tab.page
	if kept.Text() != page.Text() || kept.Status != page.Status {
		ts.Fatalf("the pages differ:\n%d %s\n%d %s", kept.Status, kept.Text(), page.Status, page.Text())
	}
}

func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	page := sceneOf(ts).tab.page
	if (strconv.Itoa(page.Status) == args[0]) == neg {
		ts.Fatalf("status of %s is %d, not %s:\n%s", page.URL, page.Status, args[0], page.Text())
	}
}

func cmdAnswer(ts *testscript.TestScript, neg bool, args []string) {
	page := sceneOf(ts).tab.page
	if !strings.HasPrefix(page.URL.String(), "http://127.0.0.1:5555/callback") {
		ts.Fatalf("not at the redirect URI, but at %s %d:\n%s", page.URL, page.Status, page.Text())
	}
	params := page.Params()
	for _, arg := range args {
		name, value, hasValue := strings.Cut(arg, "=")
		ok := params.Has(name) && (!hasValue || params.Get(name) == value)
		if ok == neg {
			ts.Fatalf("the answer is %s", params.Encode())
		}
	}
}

func cmdTokens(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(sceneOf(ts).finish())
	for _, claims := range []map[string]any{sceneOf(ts).tab.tokens.ID, sceneOf(ts).tab.tokens.Access} {
		text, err := json.Marshal(claims)
		ts.Check(err)
		ts.Logf("%s", text)
	}
}

func cmdClaim(ts *testscript.TestScript, neg bool, args []string) {
	checkClaim(ts, neg, sceneOf(ts).tab.tokens.ID, args)
}

func cmdAccessClaim(ts *testscript.TestScript, neg bool, args []string) {
	checkClaim(ts, neg, sceneOf(ts).tab.tokens.Access, args)
}

// checkClaim compares a claim with a value, which is JSON or else a string.
func checkClaim(ts *testscript.TestScript, neg bool, claims map[string]any, args []string) {
	got, ok := claims[args[0]]
	if neg {
		if ok {
			ts.Fatalf("claim %s is %v", args[0], got)
		}
		return
	}
	if !ok {
		ts.Fatalf("no claim %s in %v", args[0], claims)
	}
	if len(args) == 1 {
		return
	}
	if text, isText := got.(string); isText {
		if text != args[1] {
			ts.Fatalf("claim %s is %q, not %q", args[0], text, args[1])
		}
		return
	}
	var want any
	ts.Check(json.Unmarshal([]byte(args[1]), &want))
	if !reflect.DeepEqual(got, want) {
		ts.Fatalf("claim %s is %v, not %v", args[0], got, want)
	}
}

func cmdClaimLike(ts *testscript.TestScript, _ bool, args []string) {
	got, ok := sceneOf(ts).tab.tokens.ID[args[0]].(string)
	if !ok || !regexp.MustCompile(args[1]).MatchString(got) {
		ts.Fatalf("claim %s is %q, not like %q", args[0], got, args[1])
	}
}

func cmdAMR(ts *testscript.TestScript, _ bool, args []string) {
	var got []string
	list, _ := sceneOf(ts).tab.tokens.ID["amr"].([]any)
	for _, v := range list {
		got = append(got, fmt.Sprint(v))
	}
	slices.Sort(got)
	slices.Sort(args)
	if !slices.Equal(got, args) {
		ts.Fatalf("amr is %v, not %v", got, args)
	}
}

// messages are what the demo's outbox holds, newest first.
func messages(ts *testscript.TestScript) []hosttest.Message {
	list, err := hosttest.Outbox(sceneOf(ts).issuer)
	ts.Check(err)
	return list
}

var digits = regexp.MustCompile(`\b\d{6,10}\b`)

func cmdCode(ts *testscript.TestScript, _ bool, args []string) {
	for _, m := range messages(ts) {
		if code := digits.FindString(m.Text); m.Channel == args[0] && code != "" {
			ts.Setenv(args[1], code)
			return
		}
	}
	ts.Fatalf("no code was sent by %s", args[0])
}

func cmdSent(ts *testscript.TestScript, _ bool, args []string) {
	if n := len(messages(ts)); strconv.Itoa(n) != args[0] {
		ts.Fatalf("%d messages were sent, not %s", n, args[0])
	}
}

func cmdOutputHas(ts *testscript.TestScript, neg bool, args []string) {
	printed := func() bool { return strings.Contains(sceneOf(ts).output.String(), args[0]) }
	// What the server wrote goes through a pipe.
	for deadline := time.Now().Add(patience); !neg && !printed() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if printed() == neg {
		ts.Fatalf("the server printed:\n%s", sceneOf(ts).output)
	}
}

func pairs(ts *testscript.TestScript, args []string) map[string]string {
	m := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is not name=value", arg)
		}
		m[name] = value
	}
	return m
}

func cmdHasElement(ts *testscript.TestScript, neg bool, args []string) {
	found := slices.ContainsFunc(sceneOf(ts).tab.page.Elements(args[0]), func(text string) bool {
		return len(args) == 1 || strings.Contains(text, args[1])
	})
	if found == neg {
		ts.Fatalf("the page is:\n%s", sceneOf(ts).tab.page.Body)
	}
}

func cmdPlant(ts *testscript.TestScript, _ bool, args []string) {
	sceneOf(ts).tab.browser.SetCookie(&http.Cookie{Name: args[0], Value: args[1], Path: "/"})
}

func cmdCookie(ts *testscript.TestScript, neg bool, args []string) {
	found := slices.ContainsFunc(sceneOf(ts).tab.browser.Cookies(), func(c *http.Cookie) bool {
		return c.Name == args[0] && (len(args) == 1 || c.Value == args[1])
	})
	if found == neg {
		ts.Fatalf("the cookies are %v", sceneOf(ts).tab.browser.Cookies())
	}
}

func cmdKeepCookie(ts *testscript.TestScript, _ bool, args []string) {
	for _, c := range sceneOf(ts).tab.browser.Cookies() {
		if c.Name == args[0] {
			ts.Setenv(args[1], c.Value)
			return
		}
	}
	ts.Fatalf("no cookie %s", args[0])
}

func cmdRefresh(ts *testscript.TestScript, neg bool, args []string) {
	t := sceneOf(ts).tab
	token := t.tokens.OAuth.RefreshToken
	if len(args) == 1 {
		token = args[0]
	}
	fresh, err := t.party.Refresh(context.Background(), token)
	if neg != (err != nil) {
		ts.Fatalf("refresh: %v", err)
	}
	if err == nil {
		t.tokens = fresh
	}
}

func cmdKeepRefresh(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], sceneOf(ts).tab.tokens.OAuth.RefreshToken)
}

func cmdKeepClaim(ts *testscript.TestScript, _ bool, args []string) {
	text, err := json.Marshal(sceneOf(ts).tab.tokens.ID[args[0]])
	ts.Check(err)
	ts.Setenv(args[1], string(text))
}

func cmdKeepGrant(ts *testscript.TestScript, _ bool, args []string) {
	id, ok := sceneOf(ts).tab.tokens.Access["grant_id"].(string)
	if !ok {
		ts.Fatalf("the access token names no grant")
	}
	ts.Setenv(args[0], id)
}

func cmdPause(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}

func cmdReload(ts *testscript.TestScript, neg bool, _ []string) {
	awaitReload(ts, neg, func() error { return sceneOf(ts).server.Process.Signal(syscall.SIGHUP) })
}

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: replace FILE OTHER")
	}
	content, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	awaitReload(ts, neg, func() error { return os.WriteFile(ts.MkAbs(args[0]), content, 0o600) })
}

// awaitReload waits until a new configuration is live, or refused.
func awaitReload(ts *testscript.TestScript, neg bool, cause func() error) {
	want := "configuration reloaded"
	if neg {
		want = "configuration not reloaded"
	}
	s := sceneOf(ts)
	before := strings.Count(s.output.String(), want)
	ts.Check(cause())
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if strings.Count(s.output.String(), want) > before {
			return
		}
	}
	ts.Fatalf("no %q in:\n%s", want, s.output)
}
