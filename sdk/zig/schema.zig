//! The JSON Schema of a configuration, from the fields of its struct.
const std = @import("std");
const decode = @import("decode.zig");
const member = @import("document.zig").member;

const Text = []const u8;

/// Writes the JSON Schema of a configuration.
pub fn Schema(comptime Step: type) type {
    return struct {
        pub fn jsonStringify(_: @This(), w: anytype) !void {
            try w.beginObject();
            try member(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
            try members(Step, w);
            try w.endObject();
        }
    };
}

/// Writes the keywords of a type's schema.
fn keywords(comptime T: type, w: anytype) !void {
    if (T == std.json.Value) return;
    switch (@typeInfo(T)) {
        .bool => try member(w, "type", "boolean"),
        .float => try member(w, "type", "number"),
        .int => |i| {
            try member(w, "type", "integer");
            if (i.signedness == .unsigned or i.bits < 64) try member(w, "minimum", std.math.minInt(T));
            if (i.bits <= 53) try member(w, "maximum", std.math.maxInt(T));
        },
        .optional => |o| try keywords(o.child, w),
        .@"enum" => |e| {
            try member(w, "type", "string");
            try member(w, "enum", e.field_names);
        },
        .pointer => |p| if (p.child == u8) try member(w, "type", "string") else {
            try member(w, "type", "array");
            try w.objectField("items");
            try schema(p.child, w);
        },
        .@"struct" => if (comptime decode.isTable(T)) {
            try member(w, "type", "object");
            try w.objectField("additionalProperties");
            try schema(decode.TableValue(T), w);
        } else try members(T, w),
        else => @compileError("a configuration can't hold a " ++ @typeName(T)),
    }
}

fn schema(comptime T: type, w: anytype) !void {
    try w.beginObject();
    try keywords(T, w);
    try w.endObject();
}

/// Writes the keywords of an object. What the struct doesn't name is refused: a misspelt
/// member would be a rule that nobody follows.
fn members(comptime T: type, w: anytype) !void {
    comptime check(T);
    const info = @typeInfo(T).@"struct";
    try member(w, "type", "object");
    try w.objectField("properties");
    try w.beginObject();
    inline for (info.field_names, info.field_types, info.field_attrs) |name, F, attrs| {
        try w.objectField(name);
        try w.beginObject();
        try keywords(F, w);
        if (comptime says(T, "doc", name)) try member(w, "description", @field(T.doc, name));
        if (comptime says(T, "schema", name)) {
            const more = @field(T.schema, name);
            inline for (@typeInfo(@TypeOf(more)).@"struct".field_names) |keyword| try member(w, keyword, @field(more, keyword));
        }
        if (comptime attrs.defaultValue(F)) |value| {
            if (@typeInfo(F) == .optional and value == null) {} else if (F == std.json.Value and value == .null) {} else try member(w, "default", value);
        }
        try w.endObject();
    }
    try w.endObject();
    const required = comptime requiredOf(T);
    if (required.len > 0) try member(w, "required", required);
    try member(w, "additionalProperties", false);
}

/// A declaration `doc` or `schema` that speaks of no field is a mistake.
fn check(comptime T: type) void {
    inline for (.{ "doc", "schema" }) |declaration| if (@hasDecl(T, declaration)) {
        inline for (@typeInfo(@TypeOf(@field(T, declaration))).@"struct".field_names) |f| {
            if (!@hasField(T, f)) @compileError(@typeName(T) ++ "." ++ declaration ++ " speaks of " ++ f ++ ", which is no field");
        }
    };
}

/// Whether the struct's declaration `doc` or `schema` says something of a field.
fn says(comptime T: type, comptime declaration: Text, comptime name: Text) bool {
    return @hasDecl(T, declaration) and @hasField(@TypeOf(@field(T, declaration)), name);
}

fn requiredOf(comptime T: type) []const Text {
    comptime var names: []const Text = &.{};
    const info = @typeInfo(T).@"struct";
    inline for (info.field_names, info.field_attrs) |name, attrs| {
        if (attrs.default_value_ptr == null) names = names ++ .{name};
    }
    return names;
}

test "the schema is that of the struct" {
    const Config = struct {
        pin: Text,
        tries: u8 = 3,
        level: enum { low, high } = .low,
        limit: ?i64 = null,
        names: []const Text = &.{},
        table: std.json.ArrayHashMap(bool) = .{},
        any: std.json.Value = .null,

        pub const doc = .{ .pin = "What opens the door." };
        pub const schema = .{ .pin = .{ .minLength = 4, .pattern = "^[0-9]+$" } };
    };
    const got = try std.json.Stringify.valueAlloc(std.testing.allocator, Schema(Config){}, .{ .whitespace = .indent_1 });
    defer std.testing.allocator.free(got);
    try @import("double.zig").expectJson(
        \\{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        \\ "properties": {
        \\  "pin": {"type": "string", "description": "What opens the door.", "minLength": 4, "pattern": "^[0-9]+$"},
        \\  "tries": {"type": "integer", "minimum": 0, "maximum": 255, "default": 3},
        \\  "level": {"type": "string", "enum": ["low", "high"], "default": "low"},
        \\  "limit": {"type": "integer"},
        \\  "names": {"type": "array", "items": {"type": "string"}, "default": []},
        \\  "table": {"type": "object", "additionalProperties": {"type": "boolean"}, "default": {}},
        \\  "any": {}},
        \\ "required": ["pin"], "additionalProperties": false}
    , got);
}
