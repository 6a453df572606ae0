package expr_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/journey/expr"
	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/google/go-cmp/cmp"
)

func env() expr.Env {
	at := time.Date(2026, 11, 23, 7, 0, 0, 123e6, time.UTC)
	return expr.Env{
		Request:  abi.Request{Claims: []string{"email"}, AuthorizationDetails: []map[string]any{{"type": "payment", "amount": map[string]any{"value": "12.50"}}}, ClientID: "bank-web", ACRValues: []string{"2.5", "2.0"}, Scope: []string{"openid"}, MaxAge: new(int64(60))},
		ACR:      abi.ACR{Current: new("2.0"), Set: true},
		AMR:      []string{"pwd", "sms", "mfa"},
		Evidence: []abi.Evidence{{Method: "pwd", AMR: []string{"pwd"}, At: at, Step: "password", Fresh: true}},
		Subject:  &abi.Subject{ID: "u1", Username: "alice", Claims: map[string]any{"tier": "gold"}},
		Upstream: map[string]abi.Upstream{"acme": {Claims: map[string]any{"loa": 3.0}}},
		Device:   abi.Device{IP: "192.0.2.1", UserAgent: "Test"},
		Vars:     map[string]any{"risk": 0.3, "tries": 2.0, "name": "x", "deep": map[string]any{"a": []any{1.0, nil}}},
		Journey:  abi.Journey{Name: "bank", Run: "r_1", StartedAt: at, Path: []string{"choose"}},
		Session:  expr.Session{Present: true, StartedAt: at},
		Now:      at,
	}
}

func TestEval(t *testing.T) {
	tests := []struct {
		src  string
		want any
	}{
		{`'2.5|txn:' + journey.run`, "2.5|txn:r_1"},
		{`"at:" + string(now)`, "at:2026-11-23T07:00:00.123Z"},
		{`now`, "2026-11-23T07:00:00.123Z"},
		{`now - journey.started_at`, "0s"},
		{`'assurance:' + acr.current + '|risk:' + string(vars.risk)`, "assurance:2.0|risk:0.3"},
		{`string(vars.tries)`, "2"},
		{`vars.tries > 1`, true},
		{`vars["tries"] + 1.0`, 3.0},
		{`vars.deep`, map[string]any{"a": []any{1.0, nil}}},
		{`{"level": acr.current, "n": 1}`, map[string]any{"level": "2.0", "n": int64(1)}},
		{`size(amr)`, int64(3)},
		{`3u`, int64(3)},
		{`has(vars.nothing) ? vars.nothing : 'none'`, "none"},
		{`request.acr_values`, []any{"2.5", "2.0"}},
		{`request.max_age`, int64(60)},
		{`request.login_hint`, nil},
		{`request.login_hint == null`, true},
		{`"email" in request.claims`, true},
		{`request.authorization_details.exists(d, d.type == "payment" && d.amount.value == "12.50")`, true},
		{`evidence.exists(e, e.method == 'pwd' && e.fresh)`, true},
		{`evidence[0].at`, "2026-11-23T07:00:00.123Z"},
		{`subject.claims.tier + subject.username`, "goldalice"},
		{`upstream.acme.claims.loa >= 3`, true},
		{`device.ip.startsWith('192.')`, true},
		{`journey.path`, []any{"choose"}},
		{`session.present && session.started_at <= now`, true},
		{`['a', 'b'].join('-')`, "a-b"},
		{`@policy.getInteractionParameters().acrValues`, "2.0"},
		{"'x' + @policy . getInteractionParameters ( )\n .acrValues + 'y'", "x2.0y"},
		{`'@policy.getInteractionParameters().acrValues'`, "@policy.getInteractionParameters().acrValues"},
		{`'it\'s ' + "@policy.getInteractionParameters().acrValues"`, "it's @policy.getInteractionParameters().acrValues"},
		{`r'\' + @policy.getInteractionParameters().acrValues`, `\2.0`},
		{`'''it's ''' + @policy.getInteractionParameters().acrValues`, "it's 2.0"},
		{"1 // @policy.getInteractionParameters().acrValues", int64(1)},
	}
	for _, tt := range tests {
		t.Run(tt.src, func(t *testing.T) {
			p, err := expr.Compile(tt.src)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Eval(env())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if p.String() != tt.src {
				t.Errorf("String is %q", p)
			}
		})
	}
}

func TestEvalFails(t *testing.T) {
	tests := []struct{ src, want string }{
		{`vars.missing`, "no such key: missing"},
		{`'a' + vars.missing`, "no such key: missing"},
		{`'x' + @policy.getInteractionParameters().acrValues`, "no such overload"},
		{`subject.id`, "no such"},
		{`subject.claims.tier`, "no such"},
		{`upstream.acme.claims`, "no such key: acme"},
		{`vars.risk + 1`, "no such key"},
		{`b'x'`, "bytes"},
		{`session.started_at + duration('1s')`, "no such overload"},
		{`type(1)`, "which JSON does not have"},
		{`1.0 / 0.0`, "finite"},
		{`{1: 'a'}`, "only strings"},
		{`18446744073709551615u`, "too large"},
		{`[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, [1,2,3,4,5,6,7,8,9].map(c, '` + strings.Repeat("x", 90) + `')))`, "larger than"},
		{strings.Repeat(`[1,2,3,4,5,6,7,8,9].all(x, `, 6) + `true` + strings.Repeat(`)`, 6), "cost"},
		{`['ab']` + strings.Repeat(`.map(x, x+x)`, 40), "cost"},
		{`[[1]]` + strings.Repeat(`.map(x, x+x)`, 40) + `[0]`, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.src, func(t *testing.T) {
			p, err := expr.Compile(tt.src)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Eval(expr.Env{})
			if err == nil {
				t.Fatalf("got %v, want an error", got)
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %q, want one line with %q", err, tt.want)
			}
		})
	}
}

func TestCompileFails(t *testing.T) {
	tests := []struct{ src, want string }{
		{``, "1:1: "},
		{`'a' +`, "1:6: Syntax error"},
		{`journey{name: 'x'}`, "1:8: "},
		{`acr.curent`, "1:4: undefined field 'curent'"},
		{`1 == 1 && request.acr`, "1:18: undefined field 'acr'"},
		{`evidence.exists(e, e.kind == 'pwd')`, "1:21: undefined field 'kind'"},
		{`upstream.acme.claim`, "undefined field 'claim'"},
		{"'a' +\n  jorney.run", "2:3: undeclared reference to 'jorney'"},
		{`1 + 'a'`, "1:3: found no matching overload"},
		{`request.max_age + 'a'`, "found no matching overload"},
		{`@policy.getInteractionParameters().acrValue`, "1:1: Syntax error"},
		{`@policy.getInteractionParameters().acrValuesX`, "1:1: Syntax error"},
		{`@policy.getInteractionParameters().acrValues + nope`, "1:48: undeclared reference to 'nope'"},
		{`'` + strings.Repeat("a", expr.MaxSource) + `'`, "4096 are allowed"},
		{strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500), "recursion"},
		{`"'unclosed`, "Syntax error"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			_, err := expr.Compile(tt.src)
			if err == nil {
				t.Fatal("compiled")
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %q, want one line with %q", err, tt.want)
			}
		})
	}
}

func TestVarsRead(t *testing.T) {
	tests := []struct {
		src  string
		want []string
	}{
		{`vars.b + vars["a"] + vars.b`, []string{"a", "b"}},
		{`has(vars.x)`, nil},
		{`has(vars.x.y)`, []string{"x"}},
		{`has(vars.x) ? vars.y : ''`, []string{"y"}},
		{`vars.deep.er[0]`, []string{"deep"}},
		{`vars[request.client_id]`, nil},
		{`{vars.k: [vars.v]}`, []string{"k", "v"}},
		{`vars.list.exists(x, x == vars.want)`, []string{"list", "want"}},
		{`[{'x': 1}].exists(vars, vars.x == 1)`, nil},
		{`'s'.startsWith(vars.p) && !vars.q.endsWith('z')`, []string{"p", "q"}},
		{`'vars.x'`, nil},
		{`google.protobuf.Duration{seconds: int(vars.s)} == now - now`, []string{"s"}},
	}
	for _, tt := range tests {
		t.Run(tt.src, func(t *testing.T) {
			p, err := expr.Compile(tt.src)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, p.VarsRead()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWalk(t *testing.T) {
	config := map[string]any{
		"acr":     map[string]any{"cel": "a"},
		"options": []any{map[string]any{"value": "x", "label": map[string]any{"cel": "b"}}, map[string]any{"cel": "c"}},
		"no":      map[string]any{"cel": int64(1)},
		"nor":     map[string]any{"cel": "d", "more": true},
		"plain":   "cel",
	}
	got := map[string]string{}
	expr.Walk(config, func(path, src string) { got[path] = src })
	want := map[string]string{"acr": "a", "options.0.label": "b", "options.1": "c"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	expr.Walk(map[string]any{"cel": "whole"}, func(path, src string) {
		if path != "" || src != "whole" {
			t.Errorf("got %q at %q", src, path)
		}
	})
}

// Any number of logins share one program.
func TestEvalConcurrently(t *testing.T) {
	p, err := expr.Compile(`vars.name + string(vars.tries) + acr.current`)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if got, err := p.Eval(env()); got != "x22.0" || err != nil {
					t.Errorf("got %v, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Whatever the source: no panic, an error on one line with its place, and of
// what compiles a value or an error.
func FuzzCompile(f *testing.F) {
	for _, src := range []string{
		`'2.5|txn:' + journey.run`, `@policy.getInteractionParameters().acrValues`, `r'\' + "\"" // x`,
		`evidence.exists(e, e.method == 'pwd')`, `'''@policy`, `vars["a"].b[0]`, `"\`, "\x00", "é",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := expr.Compile(src)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") || !strings.Contains(err.Error(), ":") {
				t.Errorf("error is %q", err)
			}
			return
		}
		if _, err := p.Eval(env()); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("error is %q", err)
		}
	})
}
