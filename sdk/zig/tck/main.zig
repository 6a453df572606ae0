//! The guest that sdk/tck/README.md specifies: it shows that this SDK keeps to the ABI.
const std = @import("std");
const acrhost = @import("acrhost");

const Text = []const u8;
const Value = acrhost.Value;
const Table = acrhost.Table;
const every: acrhost.Writes = .{ .vars = &.{"*"} };
const no_subject: ?acrhost.Subject = null;

const Echo = struct {
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{
        .title = "Say what was read",
        .reads = &.{ "subject.claims", "upstream", "device", "vars" },
        .writes = every,
    };

    pub fn run(_: Echo, call: *acrhost.Call(Echo)) !acrhost.Result {
        const in = call.input;
        return call.outcome(.ok, .{ .vars = .{
            .abi = in.abi,
            .call = in.call,
            .journey = in.journey,
            .request = in.request,
            .acr = in.acr,
            .amr = in.amr,
            .evidence = in.evidence,
            .subject = in.subject,
            .upstream = in.upstream,
            .device = in.device,
            .vars = in.vars,
            .form = in.form,
            .action = in.action,
            .state = in.state,
        } });
    }
};

const Config = struct {
    text: Text,
    word: Text = "plain",
    choice: enum { low, high } = .low,
    count: i64 = 6,
    ratio: f64 = 0.5,
    flag: bool = true,
    limit: ?i64 = null,
    names: []const Text = &.{},
    table: Table(Text) = .{},
    options: []const struct { value: Text, label: Text = "" } = &.{},
    any: Value = .null,

    pub const doc = .{ .text = "Any text." };
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{ .title = "Say how it is configured", .writes = every };

    pub fn run(self: Config, call: *acrhost.Call(Config)) !acrhost.Result {
        return call.outcome(.ok, .{ .vars = .{ .config = self } });
    }
};

const Outcome = struct {
    outcome: Text = "ok",
    acr: ?Value = null,
    vars: ?Table(Value) = null,
    claims: ?Table(Value) = null,
    amr: ?[]const Text = null,
    evidence: ?[]const acrhost.Asserted = null,
    subject: ?Text = null,

    pub const Outcome = enum { ok, other };
    pub const step: acrhost.Description = .{
        .title = "Say all that a result can hold",
        .writes = .{
            .vars = &.{"*"},
            .acr = &.{"*"},
            .amr = &.{ "face", "hwk" },
            .claims = &.{"department"},
            .evidence = &.{"face"},
            .subject = true,
        },
    };

    pub fn run(self: @This(), call: *acrhost.Call(@This())) !acrhost.Result {
        return call.named(self.outcome, .{
            .acr = self.acr,
            .vars = self.vars,
            .claims = self.claims,
            .amr = self.amr,
            .evidence = self.evidence,
            .subject = self.subject,
        });
    }
};

const Redirect = struct {
    provider: Text = "acme",
    prompt: ?Text = null,
    max_age: ?i64 = null,
    login_hint: ?Text = null,

    pub const Outcome = enum { ok, failed };
    pub const step: acrhost.Description = .{
        .title = "Log in elsewhere",
        .writes = every,
        .capabilities = &.{ .upstream_begin, .upstream_finish },
    };

    pub fn run(self: Redirect, call: *acrhost.Call(Redirect)) !acrhost.Result {
        if (call.input.state == .null) {
            const begun = try call.invoke(.upstream_begin, .{
                .provider = self.provider,
                .acr_values = call.input.request.acr_values,
                .prompt = self.prompt,
                .max_age = self.max_age,
                .login_hint = self.login_hint,
            });
            return call.redirect(begun.url, .{ .provider = self.provider });
        }
        const back = try call.invoke(.upstream_finish, .{});
        if (!back.ok) return call.outcome(.failed, .{ .vars = .{ .@"error" = back.@"error" } });
        return call.outcome(.ok, .{ .vars = .{ .upstream = .{ .claims = back.claims, .acr = back.acr, .amr = back.amr } } });
    }
};

const Fetch = struct {
    url: Text,
    method: ?Text = null,
    body: ?Text = null,
    headers: ?Table(Text) = null,
    strict: bool = false,

    pub const Outcome = enum { ok, refused };
    pub const step: acrhost.Description = .{ .title = "Fetch", .writes = every, .capabilities = &.{.http_fetch}, .fetches = &.{"* config/url"} };

    pub fn run(self: Fetch, call: *acrhost.Call(Fetch)) !acrhost.Result {
        const got = call.invoke(.http_fetch, .{ .url = self.url, .method = self.method, .body = self.body, .headers = self.headers }) catch |err| {
            if (self.strict) return err;
            const refusal = call.refusal orelse return err;
            return call.outcome(.refused, .{ .vars = .{ .status = refusal.status } });
        };
        const body = if (got.body.len > 1000) try last(got.body, 8) else got.body;
        return call.outcome(.ok, .{ .vars = .{ .status = got.status, .headers = got.headers, .length = got.body.len, .body = body } });
    }

    /// The last characters of a text.
    fn last(text: Text, n: usize) !Text {
        var skip = (try std.unicode.utf8CountCodepoints(text)) - n;
        var at = (try std.unicode.Utf8View.init(text)).iterator();
        while (skip > 0) : (skip -= 1) _ = at.nextCodepointSlice();
        return text[at.i..];
    }
};

const Otp = struct {
    channel: Text = "sms",
    code: ?Text = null,

    pub const Outcome = enum { ok, failed, wait };
    pub const step: acrhost.Description = .{ .title = "Send a code", .writes = every, .capabilities = &.{ .otp_send, .otp_verify } };

    pub fn run(self: Otp, call: *acrhost.Call(Otp)) !acrhost.Result {
        return self.attempt(call) catch |err| switch (err) {
            error.LimitReached => call.outcome(.wait, .{ .vars = .{ .retry_after = call.refusal.?.retry_after } }),
            else => err,
        };
    }

    fn attempt(self: Otp, call: *acrhost.Call(Otp)) !acrhost.Result {
        if (self.code) |code| {
            const checked = try call.invoke(.otp_verify, .{ .channel = self.channel, .code = code });
            return call.outcome(if (checked.ok) .ok else .failed, .{});
        }
        const sent = try call.invoke(.otp_send, .{ .channel = self.channel, .length = 8, .ttl_seconds = 120, .text = "Your code is {code}." });
        return call.outcome(.ok, .{ .vars = .{ .to = sent.to } });
    }
};

const User = struct {
    username: Text,
    password: Text,

    pub const Outcome = enum { ok, failed, unknown };
    pub const step: acrhost.Description = .{
        .title = "Find a user",
        .writes = every,
        .capabilities = &.{ .user_identify, .password_verify, .user_factors },
    };

    pub fn run(self: User, call: *acrhost.Call(User)) !acrhost.Result {
        const found = call.invoke(.user_identify, .{ .username = self.username }) catch |err| switch (err) {
            error.NotFound => return call.outcome(.unknown, .{}),
            else => return err,
        };
        if (!(try call.invoke(.password_verify, .{ .password = self.password })).ok) return call.outcome(.failed, .{});
        const factors = try call.invoke(.user_factors, .{});
        return call.outcome(.ok, .{ .vars = .{ .subject = found.subject, .factors = factors } });
    }
};

const Fail = struct {
    how: Text = "document",
    code: Text = "",
    message: Text = "",

    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{ .title = "Go wrong" };

    pub fn run(self: Fail, call: *acrhost.Call(Fail)) !acrhost.Result {
        if (std.mem.eql(u8, self.how, "abort")) @panic("on purpose");
        return call.fail(self.code, self.message);
    }
};

const Log = struct {
    text: Text,

    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{ .title = "Log", .writes = every };

    pub fn run(self: Log, call: *acrhost.Call(Log)) !acrhost.Result {
        call.log(.debug, "debug: {s}", .{self.text});
        call.log(.info, "info: {s}", .{self.text});
        call.log(.warn, "warn: {s}", .{self.text});
        call.log(.err, "error: {s}", .{self.text});
        return call.outcome(.ok, .{});
    }
};

const Size = struct {
    text: Text = "",
    fill: u32 = 0,

    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{ .title = "Be large", .writes = every };

    pub fn run(self: Size, call: *acrhost.Call(Size)) !acrhost.Result {
        const fill = try call.arena.alloc(u8, self.fill);
        @memset(fill, 'x');
        return call.outcome(.ok, .{ .vars = .{ .bytes = self.text.len, .fill = fill } });
    }
};

comptime {
    acrhost.plugin(.{ .name = "com.example.tck", .version = "1.0.0" }, .{
        .echo = Echo,
        .config = Config,
        .outcome = Outcome,
        .prompt = @import("prompt.zig").Prompt,
        .redirect = Redirect,
        .fetch = Fetch,
        .otp = Otp,
        .user = User,
        .factor = @import("factor.zig").Factor,
        .fail = Fail,
        .log = Log,
        .size = Size,
    }).exports();
}

pub const panic = acrhost.panic;
