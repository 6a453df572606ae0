package host

import (
	"fmt"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

func TestMayDevelop(t *testing.T) {
	for _, test := range []struct {
		issuer, listen string
		want           bool
	}{
		{"http://localhost:8080", "127.0.0.1:8080", true},
		{"http://LOCALHOST", "localhost:8080", true},
		{"https://127.3.2.1", "127.0.0.2:0", true},
		{"http://[::1]:8080", "[::1]:8080", true},
		{"https://login.example.com", "127.0.0.1:8080", false},
		{"https://localhost.example.com", "127.0.0.1:8080", false},
		{"http://localhost:8080", ":8080", false},
		{"http://localhost:8080", "0.0.0.0:8080", false},
		{"http://localhost:8080", "[::]:8080", false},
		{"http://localhost:8080", "192.0.2.1:8080", false},
		{"http://localhost:8080", "", false},
		{"http://localhost@login.example.com", "127.0.0.1:8080", false},
		{"http://[::ffff:192.0.2.1]", "127.0.0.1:8080", false},
	} {
		err := mayDevelop(&config.Config{Issuer: test.issuer, Listen: test.listen})
		if (err == nil) != test.want {
			t.Errorf("issuer %s, listen %s: %v", test.issuer, test.listen, err)
		}
	}
}

// In whatever spelling a guest is likely to give back what it got, it is struck out.
func TestStrike(t *testing.T) {
	run := failedRun{secrets: map[string]bool{}}
	run.remember(abi.Input{
		Form:  map[string]string{"password": "a\"b\\c&<é>\n", "code": "123456", "empty": ""},
		State: []byte(`{"word": "tulips", "deep": [{"number": 918273, "counter": 2}]}`),
	})
	text := "plain a\"b\\c&<é>\n; quoted " + fmt.Sprintf("%q", "a\"b\\c&<é>\n") + `; JSON a\"b\\c\u0026\u003cé\u003e\n; query a%22b%5Cc%26%3C%C3%A9%3E%0A; 123456 tulips 918273 counter 2`
	got := run.strike(text)
	for _, secret := range []string{"a\"b", "a\\\"b", "a%22b", "123456", "tulips", "918273"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is left in %q", secret, got)
		}
	}
	if !strings.Contains(got, "counter 2") {
		t.Errorf("a counter is struck out of %q", got)
	}
}

// What is kept is bounded, and gone once it was shown. Nobody who doesn't develop has
// any of it.
func TestFailuresAreFew(t *testing.T) {
	var none *failures
	none.note(stepType{}, "", abi.Input{}, plugin.Result{}, nil)
	if none.shown() != nil {
		t.Error("without development something is shown")
	}
	f := &failures{}
	for i := range 3 * keptRuns {
		f.note(stepType{}, "", abi.Input{Journey: abi.Journey{Run: fmt.Sprint(i)}, Form: map[string]string{"a": "secret"}}, plugin.Result{}, nil)
	}
	if len(f.runs) != keptRuns {
		t.Errorf("%d runs are kept", len(f.runs))
	}
	last := &journey.Run{ID: fmt.Sprint(3*keptRuns - 1), Journey: "main", End: &journey.End{Terminal: "@error:server_error", Reason: "it said secret"}}
	shown, ok := f.shown()(last)
	if !ok || shown.Reason != "it said redacted" {
		t.Errorf("shown is %+v, %v", shown, ok)
	}
	if shown, _ := f.shown()(last); shown.Reason != "it said secret" || len(f.runs) != keptRuns-1 {
		t.Errorf("after it was shown there is %+v and %d runs", shown, len(f.runs))
	}
	refused := &journey.Run{ID: "other", End: &journey.End{Terminal: journey.Failure}}
	if _, ok := f.shown()(refused); ok {
		t.Error("a refusal without any error is shown")
	}
}
