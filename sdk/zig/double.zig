//! The double of the host, for `zig test`: it makes the input, answers the capabilities,
//! and keeps what the step asked and logged.
const std = @import("std");
const generated = @import("generated.zig");
const host = @import("host.zig");
const plugin = @import("plugin.zig");
const Capability = @import("generated.zig").Capability;

/// A host that answers the capabilities of a step in the order in which they are listed.
pub const Double = struct {
    answers: []const Answer = &.{},
    asked: std.ArrayList([]const u8) = .empty, // the requests, as JSON
    logged: std.ArrayList([]const u8) = .empty, // the lines, each with its level before it
    memory: std.heap.ArenaAllocator,

    pub const Answer = struct { capability: Capability, status: u32 = 0, answer: []const u8 = "" };

    pub fn init(answers: []const Answer) Double {
        return .{ .answers = answers, .memory = .init(std.testing.allocator) };
    }

    pub fn deinit(self: *Double) void {
        self.memory.deinit();
    }

    /// Runs a step with an input document, of which anything may be left out, and gives
    /// the output document.
    pub fn run(self: *Double, comptime Step: type, input: []const u8) ![]const u8 {
        const arena = self.memory.allocator();
        var in = try std.json.parseFromSliceLeaky(generated.Input, arena, input, .{ .ignore_unknown_fields = true });
        if (in.config == .null) in.config = .{ .object = .empty };
        const outer = active;
        active = self;
        defer active = outer;
        return (try plugin.run(Step, arena, in)).document;
    }

    /// Runs a step and holds its output against one, as JSON.
    pub fn expect(self: *Double, comptime Step: type, input: []const u8, output: []const u8) !void {
        try expectJson(output, try self.run(Step, input));
    }
};

/// Fails a test unless two documents are the same JSON.
pub fn expectJson(want: []const u8, got: []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    try std.testing.expectEqualStrings(try canonical(arena.allocator(), want), try canonical(arena.allocator(), got));
}

/// The text of a document with sorted members.
fn canonical(arena: std.mem.Allocator, text: []const u8) ![]const u8 {
    var value = try std.json.parseFromSliceLeaky(std.json.Value, arena, text, .{});
    sort(&value);
    return std.json.Stringify.valueAlloc(arena, value, .{ .whitespace = .indent_1 });
}

fn sort(value: *std.json.Value) void {
    switch (value.*) {
        .array => |list| for (list.items) |*v| sort(v),
        .object => |*o| {
            o.sort(struct {
                keys: []const []const u8,
                pub fn lessThan(self: @This(), a: usize, b: usize) bool {
                    return std.mem.lessThan(u8, self.keys[a], self.keys[b]);
                }
            }{ .keys = o.keys() });
            for (o.values()) |*v| sort(v);
        },
        else => {},
    }
}

var active: ?*Double = null; // whose test runs: tests run one after another

/// The imports, as a test has them.
pub const current = struct {
    pub fn input(_: std.mem.Allocator) ![]u8 {
        return error.NoInput;
    }

    pub fn output(_: []const u8) void {}

    pub fn log(level: host.Level, text: []const u8) void {
        const d = active orelse return;
        const arena = d.memory.allocator();
        const line = std.fmt.allocPrint(arena, "{t}: {s}", .{ level, text }) catch return;
        d.logged.append(arena, line) catch return;
    }

    pub fn invoke(comptime c: Capability, arena: std.mem.Allocator, request: []const u8) !host.Reply {
        const d = active orelse return error.OutOfMemory;
        const n = d.asked.items.len;
        try d.asked.append(d.memory.allocator(), try arena.dupe(u8, request));
        if (n >= d.answers.len or d.answers[n].capability != c) {
            std.debug.print("the step asked for {t}, which this test's answers do not have at place {d}\n", .{ c, n });
            return .{ .status = 1, .answer = "" };
        }
        return .{ .status = d.answers[n].status, .answer = d.answers[n].answer };
    }
};
