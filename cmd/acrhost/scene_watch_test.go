package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/backend"
)

// printed finds the last address of the metrics that serve printed.
var printed = regexp.MustCompile(`metrics +(http://\S+)`)

func cmdScrape(ts *testscript.TestScript, neg bool, args []string) {
	found := printed.FindAllStringSubmatch(sceneOf(ts).output.String(), -1)
	if len(found) == 0 {
		ts.Fatalf("the server printed no address of metrics:\n%s", sceneOf(ts).output)
	}
	res, err := http.Get(found[len(found)-1][1])
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if strings.Contains(string(text), args[0]) == neg {
		ts.Fatalf("status %d, the metrics are:\n%s", res.StatusCode, text)
	}
}

func cmdAudited(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	db, err := backend.Open(ctx, "sqlite:"+filepath.Join(ts.Getenv("WORK"), "acrhost.db"))
	ts.Check(err)
	defer db.Close()
	events, err := db.Events(ctx, 1000)
	ts.Check(err)
	found := slices.ContainsFunc(events, func(e store.Event) bool { return e.Type == args[0] && holdsAll(ts, e, args[1:]) })
	if found == neg {
		ts.Fatalf("the audit log is %+v", events)
	}
}

// holdsAll says whether an event, as JSON, holds every text.
func holdsAll(ts *testscript.TestScript, e store.Event, texts []string) bool {
	line, err := json.Marshal(e)
	ts.Check(err)
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(string(line), text) })
}
