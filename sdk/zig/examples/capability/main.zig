//! A step that asks a service of the operator's for a risk score.
const acrhost = @import("acrhost");

const Score = struct {
    url: []const u8,

    pub const doc = .{ .url = "Where the score is had." };
    pub const Outcome = enum { low, high };
    pub const step: acrhost.Description = .{
        .title = "Score the risk",
        .reads = &.{"device"},
        .writes = .{ .vars = &.{"risk"} },
        .capabilities = &.{.http_fetch},
        .fetches = &.{"POST config/url"},
    };

    pub fn run(self: Score, call: *acrhost.Call(Score)) !acrhost.Result {
        var headers: acrhost.Table([]const u8) = .{};
        try headers.map.put(call.arena, "content-type", "application/json");
        const answer = try call.invoke(.http_fetch, .{
            .method = "POST",
            .url = self.url,
            .headers = headers,
            .body = try call.json(.{ .ip = call.input.device.ip }),
        });
        const said = call.parse(struct { score: f64 }, answer.body) catch return call.fail("score", "the server gave no score");
        return call.outcome(if (said.score >= 0.7) .high else .low, .{ .vars = .{ .risk = said.score } });
    }
};

comptime {
    acrhost.plugin(.{ .name = "com.example.capability", .version = "1.0.0", .title = "Risk score" }, .{ .score = Score }).exports();
}

pub const panic = acrhost.panic;

const input =
    \\{"config": {"url": "https://risk.example/score"}, "device": {"ip": "192.0.2.7"}}
;

test "a high score is an outcome of its own" {
    inline for (.{ "0.3", "0.7" }, .{ "low", "high" }) |score, outcome| {
        var host: acrhost.Double = .init(&.{.{
            .capability = .http_fetch,
            .answer = "{\"status\": 200, \"headers\": {}, \"body\": \"{\\\"score\\\": " ++ score ++ "}\"}",
        }});
        defer host.deinit();
        try host.expect(Score, input, "{\"outcome\": \"" ++ outcome ++ "\", \"vars\": {\"risk\": " ++ score ++ "}}");
        try acrhost.expectJson(
            \\{"method": "POST", "url": "https://risk.example/score", "headers": {"content-type": "application/json"},
            \\ "body": "{\"ip\":\"192.0.2.7\"}"}
        , host.asked.items[0]);
    }
}

test "a service that does not answer is a step error" {
    var host: acrhost.Double = .init(&.{.{ .capability = .http_fetch, .status = 4 }});
    defer host.deinit();
    try host.expect(Score, input,
        \\{"error": {"code": "upstream_fault", "message": "http_fetch: upstream fault"}}
    );
}

test "an answer that is no score is one too" {
    var host: acrhost.Double = .init(&.{.{ .capability = .http_fetch, .answer = "{\"status\": 200, \"headers\": {}, \"body\": \"none today\"}" }});
    defer host.deinit();
    try host.expect(Score, input,
        \\{"error": {"code": "score", "message": "the server gave no score"}}
    );
}
