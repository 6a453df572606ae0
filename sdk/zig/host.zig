//! The host as a module reaches it: the imports of sdk/ABI.md. In a test, the double of
//! double.zig stands in its place.
const std = @import("std");
const builtin = @import("builtin");

const Capability = @import("generated.zig").Capability;

/// How grave a log line is.
pub const Level = enum(i32) { debug = -4, info = 0, warn = 4, err = 8 };

/// What answered a capability, and how.
pub const Reply = struct { status: u32, answer: []const u8 };

pub const imports = if (builtin.target.cpu.arch.isWasm()) wasm else @import("double.zig").current;

const wasm = struct {
    const v1 = struct {
        extern "acrhost_v1" fn input_len() usize;
        extern "acrhost_v1" fn input_read(to: [*]u8, cap: usize, off: usize) usize;
        extern "acrhost_v1" fn output_write(from: [*]const u8, len: usize) void;
        extern "acrhost_v1" fn result_len() usize;
        extern "acrhost_v1" fn result_read(to: [*]u8, cap: usize, off: usize) usize;
        extern "acrhost_v1" fn log(level: i32, from: [*]const u8, len: usize) void;
    };

    pub fn input(arena: std.mem.Allocator) ![]u8 {
        return pull(arena, v1.input_len(), &v1.input_read);
    }

    pub fn output(text: []const u8) void {
        v1.output_write(text.ptr, text.len);
    }

    pub fn log(level: Level, text: []const u8) void {
        v1.log(@backingInt(level), text.ptr, text.len);
    }

    /// A module imports, and so asks the operator for, the capabilities that this is
    /// called with, and no other.
    pub fn invoke(comptime c: Capability, arena: std.mem.Allocator, request: []const u8) !Reply {
        const import = @extern(*const fn ([*]const u8, usize) callconv(.c) u32, .{ .name = @tagName(c), .library_name = "acrhost_cap_v1" });
        const status = import(request.ptr, request.len);
        return .{ .status = status, .answer = try pull(arena, v1.result_len(), &v1.result_read) };
    }

    fn pull(arena: std.mem.Allocator, len: usize, read: *const fn ([*]u8, usize, usize) callconv(.c) usize) ![]u8 {
        if (len == 0) return &.{}; // an empty slice would point nowhere
        const text = try arena.alloc(u8, len);
        return text[0..read(text.ptr, len, 0)];
    }
};
