//! The small job of the benchmark: an acr by rule from the amr of the input document.
const std = @import("std");
const acrhost = @import("acrhost.zig");

const Input = struct { amr: []const []const u8 = &.{} };

fn decide(arena: std.mem.Allocator) !void {
    const input = try std.json.parseFromSliceLeaky(Input, arena, try acrhost.input(arena), .{
        .ignore_unknown_fields = true,
    });
    acrhost.output(rule(input.amr));
}

fn rule(amr: []const []const u8) []const u8 {
    if (has(amr, "hwk")) return ok("2.5");
    if (has(amr, "pwd")) return if (has(amr, "otp")) ok("2.0") else ok("1.5");
    return ok("0");
}

fn has(amr: []const []const u8, method: []const u8) bool {
    for (amr) |m| {
        if (std.mem.eql(u8, m, method)) return true;
    }
    return false;
}

fn ok(comptime acr: []const u8) []const u8 {
    return "{\"outcome\":\"ok\",\"acr\":\"" ++ acr ++ "\"}";
}

export fn acrhost_step_v1() i32 {
    var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);
    defer arena.deinit();
    decide(arena.allocator()) catch return 1;
    return 0;
}
