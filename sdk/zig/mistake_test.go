package sdk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/sdk/author"
	"github.com/acrhost/acrhost/sdk/author/authortest"
)

// What an author gets wrong does not compile, and the compiler says why.
func TestMistakes(t *testing.T) {
	const source = `const acrhost = @import("acrhost");
const A = struct {
    FIELDS
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{ .title = "A" };
    pub fn run(_: A, call: *acrhost.Call(A)) !acrhost.Result { RUN }
};
comptime { acrhost.plugin(.{ .name = "com.example.a", .version = "1.0.0" }, .{ .a = A }).exports(); }
`
	const done = "return call.outcome(.ok, .{});"
	for name, c := range map[string]struct{ fields, run, want string }{
		"no such outcome":       {"", "return call.outcome(.done, .{});", "has no member named 'done'"},
		"no such effect":        {"", `return call.outcome(.ok, .{ .arc = "1" });`, "an outcome has no member arc, only acr"},
		"undeclared capability": {"", `_ = try call.invoke(.http_fetch, .{ .url = "" }); ` + done, "does not list .http_fetch"},
		"no such request":       {"", `_ = try call.invoke(.http_fetch, .{ .uri = "" }); ` + done, "no field named 'uri'"},
		"no such type":          {"f: *const fn () void,", done, "a configuration can't hold a"},
		"no such field":         {`pub const doc = .{ .x = "X" };`, done, "speaks of x, which is no field"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := failure(t, strings.NewReplacer("FIELDS", c.fields, "RUN", c.run).Replace(source)); !strings.Contains(got, c.want) {
				t.Errorf("the compiler says\n%s\nwant %q", got, c.want)
			}
		})
	}
}

// failure is what the compiler says of a source.
func failure(t *testing.T, source string) string {
	t.Helper()
	dir := authortest.Project(t, "zig", "mistake", map[string]string{"main.zig": source})
	err := authortest.Open(t, dir).Compile(t.Context(), nothing{})
	failed, ok := errors.AsType[*author.FailedError](err)
	if !ok {
		t.Fatalf("it compiled: %v", err)
	}
	return failed.Output
}

// nothing is an author.Progress that nobody reads.
type nothing struct{}

func (nothing) Running(author.Command) {}
func (nothing) Printed(string)         {}
