//! Reads a configuration into a step's fields. The host holds it against the schema of
//! the manifest before it calls; what is checked here again is the types, and that
//! members are known and those without a default are there: std.json by itself takes
//! "6" for a number, and a list of numbers for a text.
const std = @import("std");
const Value = std.json.Value;
const Text = []const u8;

/// A configuration, or where it does not fit, and why.
pub fn Decoded(comptime T: type) type {
    return union(enum) { value: T, misfit: Text };
}

/// Reads a configuration.
pub fn decode(comptime T: type, arena: std.mem.Allocator, value: Value) error{OutOfMemory}!Decoded(T) {
    if (try misfit(T, arena, value)) |why| return .{ .misfit = why };
    return .{
        .value = std.json.parseFromValueLeaky(T, arena, value, .{}) catch |err| switch (err) {
            error.OutOfMemory => return error.OutOfMemory,
            else => return .{ .misfit = " does not fit" }, // misfit has seen all of it
        },
    };
}

/// What of a value does not fit a type, its path first.
fn misfit(comptime T: type, arena: std.mem.Allocator, value: Value) error{OutOfMemory}!?Text {
    if (T == Value) return null;
    switch (@typeInfo(T)) {
        .optional => |o| return if (value == .null) null else misfit(o.child, arena, value),
        .@"struct" => return if (value != .object) " is not an object" else if (comptime isTable(T)) inTable(T, arena, value) else inObject(T, arena, value),
        .pointer => |p| {
            if (p.child == u8) return if (value == .string) null else " is not a text";
            if (value != .array) return " is not a list";
            for (value.array.items, 0..) |v, i| if (try misfit(p.child, arena, v)) |why| return try std.fmt.allocPrint(arena, "[{d}]{s}", .{ i, why });
            return null;
        },
        .bool => return if (value == .bool) null else " is not true or false",
        .float => return if (value == .integer or value == .float) null else " is not a number",
        .int => if ((value == .integer or value == .float) and fits(T, arena, value)) return null else return " is not a whole number in range",
        .@"enum" => return if (value != .string) " is not a text" else if (fits(T, arena, value)) null else " is not one of the allowed texts",
        else => @compileError("a configuration can't hold a " ++ @typeName(T)),
    }
}

fn fits(comptime T: type, arena: std.mem.Allocator, value: Value) bool {
    return if (std.json.parseFromValueLeaky(T, arena, value, .{})) |_| true else |_| false;
}

fn inObject(comptime T: type, arena: std.mem.Allocator, value: Value) error{OutOfMemory}!?Text {
    const info = @typeInfo(T).@"struct";
    inline for (info.field_names, info.field_types, info.field_attrs) |name, F, attrs| {
        const why = if (value.object.get(name)) |v| try misfit(F, arena, v) else if (attrs.default_value_ptr == null) " is required" else null;
        if (why) |text| return try std.fmt.allocPrint(arena, ".{s}{s}", .{ name, text });
    }
    for (value.object.keys()) |key| {
        const known = inline for (info.field_names) |name| {
            if (std.mem.eql(u8, name, key)) break true;
        } else false;
        if (!known) return try std.fmt.allocPrint(arena, ".{s} is not known", .{key});
    }
    return null;
}

fn inTable(comptime T: type, arena: std.mem.Allocator, value: Value) error{OutOfMemory}!?Text {
    for (value.object.keys(), value.object.values()) |name, v| {
        if (try misfit(TableValue(T), arena, v)) |why| return try std.fmt.allocPrint(arena, ".{s}{s}", .{ name, why });
    }
    return null;
}

/// A table is `acrhost.Table` of something.
pub fn isTable(comptime T: type) bool {
    return @hasField(T, "map") and T == std.json.ArrayHashMap(TableValue(T));
}

pub fn TableValue(comptime T: type) type {
    return @FieldType(@FieldType(T, "map").KV, "value");
}

test "a configuration is read strictly" {
    const Config = struct {
        text: []const u8,
        count: u8 = 6,
        ratio: f64 = 0.5,
        choice: enum { low, high } = .low,
        limit: ?i64 = null,
        table: std.json.ArrayHashMap(bool) = .{},
        options: []const struct { value: []const u8, label: []const u8 = "" } = &.{},
        any: Value = .null,
    };
    const cases = [_]struct { []const u8, []const u8 }{
        .{
            \\{"text":"a","count":7.0,"ratio":1,"choice":"high","limit":null,"table":{"a":true},"options":[{"value":"b"}],"any":[1]}
            ,
            "",
        },
        .{ "[]", " is not an object" },
        .{ "{}", ".text is required" },
        .{
            \\{"text":1}
            ,
            ".text is not a text",
        },
        .{
            \\{"text":"a","count":"6"}
            ,
            ".count is not a whole number in range",
        },
        .{
            \\{"text":"a","count":256}
            ,
            ".count is not a whole number in range",
        },
        .{
            \\{"text":"a","count":1.5}
            ,
            ".count is not a whole number in range",
        },
        .{
            \\{"text":"a","ratio":"1"}
            ,
            ".ratio is not a number",
        },
        .{
            \\{"text":"a","choice":"middle"}
            ,
            ".choice is not one of the allowed texts",
        },
        .{
            \\{"text":"a","choice":0}
            ,
            ".choice is not a text",
        },
        .{
            \\{"text":"a","table":{"b":1}}
            ,
            ".table.b is not true or false",
        },
        .{
            \\{"text":"a","options":[{"value":"b"},{}]}
            ,
            ".options[1].value is required",
        },
        .{
            \\{"text":"a","tekst":"b"}
            ,
            ".tekst is not known",
        },
    };
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    for (cases) |c| {
        const value = try std.json.parseFromSliceLeaky(Value, arena.allocator(), c[0], .{});
        switch (try decode(Config, arena.allocator(), value)) {
            .value => |config| {
                try std.testing.expectEqualStrings(c[1], "");
                try std.testing.expectEqual(7, config.count);
            },
            .misfit => |why| try std.testing.expectEqualStrings(c[1], why),
        }
    }
}
