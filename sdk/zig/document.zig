//! How values are written as JSON.
const std = @import("std");

const Text = []const u8;

/// Writes a struct without the members that say nothing: null, false, and empty lists.
pub fn sparse(self: anytype, w: anytype) !void {
    try w.beginObject();
    try sparseMembers(self, w);
    try w.endObject();
}

/// The same, inside an object that the caller begins and ends.
pub fn sparseMembers(self: anytype, w: anytype) !void {
    const Self = switch (@typeInfo(@TypeOf(self))) {
        .pointer => |p| p.child,
        else => @TypeOf(self),
    };
    const info = @typeInfo(Self).@"struct";
    inline for (info.field_names, info.field_types) |name, T| {
        const value = @field(self, name);
        const silent = switch (@typeInfo(T)) {
            .null => true,
            .optional => value == null,
            .bool => !value,
            .pointer => |p| p.size == .slice and p.child != u8 and value.len == 0,
            else => false,
        };
        if (!silent) try member(w, name, value);
    }
}

pub fn member(w: anytype, name: Text, value: anytype) !void {
    try w.objectField(name);
    try w.write(value);
}
