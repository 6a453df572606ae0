//! A canary of the isolation between two calls: package guests says what it does.
const std = @import("std");
const acrhost = @import("acrhost.zig");

const wasi = struct {
    extern "wasi_snapshot_preview1" fn random_get(to: [*]u8, len: usize) u32;
    extern "wasi_snapshot_preview1" fn clock_time_get(id: u32, precision: u64, to: *u64) u32;
    extern "wasi_snapshot_preview1" fn fd_renumber(from: u32, to: u32) u32;
    extern "wasi_snapshot_preview1" fn fd_close(fd: u32) u32;
    extern "wasi_snapshot_preview1" fn fd_fdstat_get(fd: u32, to: *[3]u64) u32;
};

const size = 16;
const mask = 0x5a;
const page = 1 << 16;
const Secret = [size]u8;

const Config = struct { do: enum { write, look }, secret: []const u8 = "", needle: []const u8 = "" };
const Input = struct { config: Config };

var kept: Secret = undefined;

fn write(secret: Secret) !void {
    plant(&kept, secret);
    plant(try std.heap.wasm_allocator.create(Secret), secret);
    const pages: usize = @bitCast(@wasmMemoryGrow(0, 1));
    if (pages != std.math.maxInt(usize)) plant(@ptrFromInt((pages + 1) * page - size), secret);
    onStack(secret);
    _ = wasi.fd_renumber(1, 2);
    _ = wasi.fd_close(1);
    _ = wasi.fd_close(2);
}

fn plant(place: *volatile Secret, secret: Secret) void {
    place.* = secret;
}

/// Leaves the secret where later frames are unlikely to reach.
noinline fn onStack(secret: Secret) void {
    var deep: [4096]u8 = undefined;
    plant(deep[0..size], secret);
}

/// How often the memory holds the secret whose masked bytes the needle is.
fn count(needle: Secret) usize {
    var found: usize = 0;
    for (1..@wasmMemorySize(0) * page - size + 1) |at| {
        const place: *const volatile Secret = @ptrFromInt(at);
        for (needle, 0..) |b, n| {
            if (place[n] ^ mask != b) break;
        } else found += 1;
    }
    return found;
}

fn masked(secret: Secret) Secret {
    const bytes: @Vector(size, u8) = secret;
    return bytes ^ @as(@Vector(size, u8), @splat(mask));
}

fn report(arena: std.mem.Allocator, needle: Secret) !void {
    var random: Secret = undefined;
    var now: u64 = 0;
    var stat: [3]u64 = undefined;
    _ = wasi.random_get(&random, size);
    _ = wasi.clock_time_get(0, 1, &now);
    var closed: u32 = 0;
    for (1..3) |fd| closed += @intFromBool(wasi.fd_fdstat_get(fd, &stat) != 0);
    acrhost.output(try std.json.Stringify.valueAlloc(arena, .{
        .outcome = "ok",
        .vars = .{
            .found = count(needle),
            .random = std.fmt.bytesToHex(random, .lower),
            .clock = now / std.time.ns_per_ms,
            .closed = closed,
        },
    }, .{}));
}

fn run(arena: std.mem.Allocator) !void {
    const input = try std.json.parseFromSliceLeaky(Input, arena, try acrhost.input(arena), .{
        .ignore_unknown_fields = true,
    });
    const config = input.config;
    var needle: Secret = undefined;
    switch (config.do) {
        .write => {
            if (config.secret.len < size) return error.ShortSecret;
            try write(config.secret[0..size].*);
            needle = masked(config.secret[0..size].*);
        },
        .look => _ = try std.fmt.hexToBytes(&needle, config.needle),
    }
    try report(arena, needle);
}

export fn acrhost_step_v1() i32 {
    var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);
    defer arena.deinit();
    run(arena.allocator()) catch return 1;
    return 0;
}
