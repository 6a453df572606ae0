//! The step type prompt of the tck guest: a page with everything that a page can have.
const std = @import("std");
const acrhost = @import("acrhost");

const State = struct { round: i64, note: []const u8 };

pub const Prompt = struct {
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{
        .title = "Ask",
        .writes = .{ .vars = &.{ "form", "action", "round", "note", "otp" } },
    };

    pub fn run(_: Prompt, call: *acrhost.Call(Prompt)) !acrhost.Result {
        const form = call.input.form orelse return call.ask(first, State{ .round = 1, .note = "é" });
        var state = try call.state(State);
        const action = call.input.action orelse "";
        if (!std.mem.eql(u8, action, "again")) return call.outcome(.ok, .{
            .vars = .{ .form = form, .action = action, .round = state.round, .note = state.note, .otp = call.field("otp") },
        });
        state.round += 1;
        return call.ask(.{ .@"error" = "Once more.", .fields = &.{.{ .name = "text", .type = .text }} }, state);
    }
};

const options = [_]acrhost.Option{ .{ .value = "a", .label = "A" }, .{ .value = "b" } };

const first: acrhost.Prompt = .{
    .title = "All fields",
    .text = "Two\nlines, \"quoted\" <b>not bold</b>.",
    .@"error" = "Something was wrong.",
    .fields = &.{
        .{ .name = "text", .type = .text, .label = "Text", .hint = "A hint", .@"error" = "Not this", .value = "välue", .read_only = true },
        plain(.username),
        required(.password),
        plain(.new_password),
        required(.otp),
        plain(.email),
        plain(.tel),
        .{ .name = "select", .type = .select, .label = "Select", .value = "b", .options = &options },
        .{ .name = "radio", .type = .radio, .label = "radio", .options = &options },
        plain(.checkbox),
        plain(.hidden),
        plain(.info),
        plain(.passkey_get),
        plain(.passkey_create),
        plain(.totp_create),
        plain(.recovery_codes),
    },
    .actions = &.{ .{ .name = "submit", .label = "Continue" }, .{ .name = "again" } },
};

fn plain(comptime t: acrhost.FieldType) acrhost.Field {
    return .{ .name = @tagName(t), .type = t, .label = @tagName(t) };
}

fn required(comptime t: acrhost.FieldType) acrhost.Field {
    var f = plain(t);
    f.required = true;
    return f;
}
