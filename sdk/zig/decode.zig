//! Reads a configuration into a step's fields. The host holds it against the schema of
//! the manifest before it calls; what is checked here again is the types, and that
//! members are known and those without a default are there.
const std = @import("std");
const Value = std.json.Value;

/// What is wrong with a configuration, and where.
pub const Fault = struct { path: []const u8 = "config", text: []const u8 = "" };

pub const Error = error{ Misfit, OutOfMemory };

/// Reads one value. At error.Misfit the fault says why.
pub fn decode(comptime T: type, arena: std.mem.Allocator, value: Value, fault: *Fault) Error!T {
    if (T == Value) return value;
    switch (@typeInfo(T)) {
        .bool => return if (value == .bool) value.bool else misfit(fault, "is not true or false"),
        .int => return whole(T, value) orelse misfit(fault, "is not a whole number in range"),
        .float => return switch (value) {
            .integer => |i| @floatFromInt(i),
            .float => |f| @floatCast(f),
            else => misfit(fault, "is not a number"),
        },
        .optional => |o| return if (value == .null) null else try decode(o.child, arena, value, fault),
        .@"enum" => {
            if (value != .string) return misfit(fault, "is not a text");
            return std.meta.stringToEnum(T, value.string) orelse misfit(fault, "is not one of the allowed texts");
        },
        .pointer => |p| {
            if (p.child == u8) return if (value == .string) value.string else misfit(fault, "is not a text");
            if (value != .array) return misfit(fault, "is not a list");
            const items = try arena.alloc(p.child, value.array.items.len);
            for (items, value.array.items, 0..) |*item, v, i| {
                item.* = decode(p.child, arena, v, fault) catch |err| return within(arena, fault, err, "[{d}]", i);
            }
            return items;
        },
        .@"struct" => return if (comptime isTable(T)) table(T, arena, value, fault) else object(T, arena, value, fault),
        else => @compileError("a configuration can't hold a " ++ @typeName(T)),
    }
}

fn object(comptime T: type, arena: std.mem.Allocator, value: Value, fault: *Fault) Error!T {
    if (value != .object) return misfit(fault, "is not an object");
    const info = @typeInfo(T).@"struct";
    var into: T = undefined;
    var found: usize = 0;
    inline for (info.field_names, info.field_types, info.field_attrs) |name, F, attrs| {
        if (value.object.get(name)) |v| {
            found += 1;
            @field(into, name) = decode(F, arena, v, fault) catch |err| return within(arena, fault, err, ".{s}", name);
        } else if (comptime attrs.defaultValue(F)) |default| {
            @field(into, name) = default;
        } else {
            return within(arena, fault, misfit(fault, "is required"), ".{s}", name);
        }
    }
    if (found == value.object.count()) return into;
    for (value.object.keys()) |key| {
        const known = inline for (info.field_names) |name| {
            if (std.mem.eql(u8, name, key)) break true;
        } else false;
        if (!known) return within(arena, fault, misfit(fault, "is not known"), ".{s}", key);
    }
    unreachable; // every key was found
}

fn table(comptime T: type, arena: std.mem.Allocator, value: Value, fault: *Fault) Error!T {
    if (value != .object) return misfit(fault, "is not an object");
    var into: T = .{};
    var entries = value.object.iterator();
    while (entries.next()) |entry| {
        const v = decode(TableValue(T), arena, entry.value_ptr.*, fault) catch |err| return within(arena, fault, err, ".{s}", entry.key_ptr.*);
        try into.map.put(arena, entry.key_ptr.*, v);
    }
    return into;
}

/// A whole number, in any spelling: 2, 2.0 and 2e0 are one in JSON Schema.
fn whole(comptime T: type, value: Value) ?T {
    return switch (value) {
        .integer => |i| std.math.cast(T, i),
        .float => |f| if (@trunc(f) == f and @abs(f) <= 1 << 53) std.math.cast(T, @as(i64, @trunc(f))) else null,
        else => null,
    };
}

fn misfit(fault: *Fault, text: []const u8) Error {
    fault.* = .{ .path = "", .text = text };
    return error.Misfit;
}

/// Puts a step before the path of a fault.
fn within(arena: std.mem.Allocator, fault: *Fault, err: Error, comptime format: []const u8, step: anytype) Error {
    fault.path = try std.fmt.allocPrint(arena, format ++ "{s}", .{ step, fault.path });
    return err;
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
        var fault: Fault = .{ .path = "" };
        if (decode(Config, arena.allocator(), value, &fault)) |config| {
            try std.testing.expectEqual(7, config.count);
        } else |_| {}
        const said = if (fault.text.len == 0) "" else try std.mem.concat(arena.allocator(), u8, &.{ fault.path, " ", fault.text });
        try std.testing.expectEqualStrings(c[1], said);
    }
}
