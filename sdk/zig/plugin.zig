//! A plugin: its step types, and what it exports.
const std = @import("std");
const builtin = @import("builtin");
const call = @import("call.zig");
const decode = @import("decode.zig");
const document = @import("document.zig");
const host = @import("host.zig");
const generated = @import("generated.zig");
const schema = @import("schema.zig");

const Text = []const u8;

/// A plugin of step types, as in `.{ .pin = Pin }`. `exports`, called at comptime by the
/// root file, makes the functions that the host calls. A step type declares
///
///     pub const Outcome = enum { … };                 what it ends with
///     pub const step: acrhost.Description = .{ … };   what the manifest says of it
///     pub fn run(self: Self, call: *acrhost.Call(Self)) !acrhost.Result
///
/// and, of its fields, doc and schema: descriptions, and further keywords of JSON Schema.
pub fn plugin(comptime who: generated.Plugin, comptime steps: anytype) type {
    const names = @typeInfo(@TypeOf(steps)).@"struct".field_names;
    return struct {
        pub fn exports() void {
            if (!builtin.target.cpu.arch.isWasm()) return; // a test
            @export(&stepV1, .{ .name = "acrhost_step_v1" });
            @export(&describeV1, .{ .name = "acrhost_describe_v1" });
        }

        /// The manifest, as JSON.
        pub fn describe(arena: std.mem.Allocator) ![]const u8 {
            return std.json.Stringify.valueAlloc(arena, @This(){}, .{});
        }

        pub fn jsonStringify(_: @This(), w: anytype) !void {
            try w.beginObject();
            try document.sparseMembers(who, w);
            try w.objectField("steps");
            try w.beginObject();
            inline for (names) |name| {
                try document.member(w, name, StepType(@field(steps, name)){});
            }
            try w.endObject();
            try w.endObject();
        }

        /// Runs one call: an input document in, an output document out. An error is a
        /// guest error: there is no output then.
        pub fn answer(arena: std.mem.Allocator, input: []const u8) ![]const u8 {
            const in = try std.json.parseFromSliceLeaky(generated.Input, arena, input, .{ .ignore_unknown_fields = true, .duplicate_field_behavior = .use_last });
            inline for (names) |name| {
                if (std.mem.eql(u8, name, in.call.type)) return (try run(@field(steps, name), arena, in)).document;
            }
            return error.UnknownStepType;
        }

        fn stepV1() callconv(.c) i32 {
            return export_(struct {
                fn f(arena: std.mem.Allocator) ![]const u8 {
                    return answer(arena, try host.imports.input(arena));
                }
            }.f);
        }

        fn describeV1() callconv(.c) i32 {
            return export_(describe);
        }
    };
}

/// A step type in the manifest: what its declaration `step` says, its outcomes and the
/// schema of its configuration.
fn StepType(comptime Step: type) type {
    return struct {
        pub fn jsonStringify(_: @This(), w: anytype) !void {
            try w.beginObject();
            try document.sparseMembers(@as(generated.Description, Step.step), w);
            try document.member(w, "outcomes", @typeInfo(Step.Outcome).@"enum".field_names);
            try document.member(w, "config_schema", schema.Schema(Step){});
            try w.endObject();
        }
    };
}

/// Runs a step of the type that the input asks for.
pub fn run(comptime Step: type, arena: std.mem.Allocator, in: generated.Input) anyerror!call.Result {
    var c: call.Call(Step) = .{ .input = in, .arena = arena };
    const step = switch (try decode.decode(Step, arena, in.config)) {
        .value => |value| value,
        .misfit => |why| return c.fail("config", try c.print("config{s}", .{why})),
    };
    return step.run(&c) catch |err| return try c.refused(err) orelse err;
}

/// Writes what f gives as the output document. An error is logged by name, and the host
/// sees a guest error. What the call allocated is given back at its end.
fn export_(comptime f: fn (std.mem.Allocator) anyerror![]const u8) i32 {
    var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);
    defer arena.deinit();
    const output = f(arena.allocator()) catch |err| {
        host.imports.log(.err, @errorName(err));
        return 1;
    };
    host.imports.output(output);
    return 0;
}
